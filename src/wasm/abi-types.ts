import type { Value } from '../codec/index.ts'

/** Interface version of a module, the `interface_version` of its manifest. */
export const INTERFACE_VERSION = 'wasm-1'

/**
 * How byte fields travel inside the CBOR maps. 1: arrays of integers, as the earlier system's SDK reads and writes them.
 * 2: byte strings, ours.
 */
export type AbiVersion = 1 | 2

/** Why and where a module is called. `time` is the height; all integers are safe integers. */
export interface ModuleCallContext {
  readonly v: typeof INTERFACE_VERSION
  readonly module_id: string
  readonly trace_id: string
  readonly time: number
  readonly origin: { readonly kind: string; readonly id: string }
  readonly limits: {
    readonly max_mem_bytes: number
    readonly max_gas: number
    readonly max_call_rate: number
    readonly max_output_bytes: number
    readonly max_effects: number
    readonly max_emits: number
  }
  readonly stage?: string
  readonly world_config_hash?: string
  readonly manifest_hash?: string
  readonly journal_height?: number
  readonly module_version?: string
  readonly module_kind?: string
  readonly module_role?: string
}

/** What a module is given. `event`, `action` and `state` are canonical CBOR themselves; a pure module gets no state. */
export interface ModuleCallInput {
  readonly ctx: ModuleCallContext
  readonly event?: Uint8Array
  readonly action?: Uint8Array
  readonly state?: Uint8Array
}

export interface ModuleEffect {
  readonly kind: string
  readonly params: Value
  readonly cap_ref: string
  readonly cap_slot?: string
}

export interface ModuleEmit {
  readonly kind: string
  readonly payload: Value
}

export type ModuleTickLifecycle =
  | { readonly mode: 'wake_after_ticks'; readonly ticks: number }
  | { readonly mode: 'suspend' }

/** What a module asks for. Nothing in it has happened yet: the kernel decides. */
export interface ModuleOutput {
  readonly new_state?: Uint8Array
  readonly effects: readonly ModuleEffect[]
  readonly emits: readonly ModuleEmit[]
  readonly tick_lifecycle?: ModuleTickLifecycle
}
