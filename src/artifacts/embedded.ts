/** Manifest of a built-in module as the build wrote it (world contract: ModuleManifest). */
export interface BuiltinManifest {
  readonly module_id: string
  /** Semantic version. */
  readonly version: string
  readonly kind: 'reducer' | 'pure'
  readonly role: string
  /** Lowercase hex SHA-256 of the module's bytes. */
  readonly wasm_hash: string
  readonly interface_version: 'wasm-1'
  readonly abi_version: 2
  readonly exports: readonly string[]
  readonly subscriptions: {
    readonly action_kinds: readonly string[]
    readonly event_kinds: readonly string[]
    readonly stage: 'pre_action' | 'post_action' | 'post_event' | 'tick'
  }
  readonly required_caps: readonly string[]
  /** Bytes, fuel, calls per block, bytes, counts. */
  readonly limits: {
    readonly max_mem_bytes: number
    readonly max_gas: number
    readonly max_call_rate: number
    readonly max_output_bytes: number
    readonly max_effects: number
    readonly max_emits: number
  }
}

/** How a module lies in generated code. Not to be used before its bytes were checked against the hash. */
export interface EmbeddedModule {
  readonly manifest: BuiltinManifest
  readonly wasm_base64: string
}
