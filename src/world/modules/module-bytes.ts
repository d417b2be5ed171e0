import { artifactWasmKey } from '../market/keys.ts'
import type { StateReader } from '../state/state.ts'

/** Where the bytes of modules are: those of the genesis, by hash, and the deployed artifacts of a state. */
export class ModuleBytes {
  private readonly genesis: ReadonlyMap<string, Uint8Array>

  constructor(modules: readonly { readonly manifest: { readonly wasm_hash: string }; readonly wasm: Uint8Array }[]) {
    this.genesis = new Map(modules.map(({ manifest, wasm }) => [manifest.wasm_hash, wasm]))
  }

  /** Bytes of the genesis need no second look: they were validated with it. */
  isOfGenesis(hash: string): boolean {
    return this.genesis.has(hash)
  }

  find(state: StateReader, hash: string): Uint8Array | null {
    return this.genesis.get(hash) ?? (state.get(artifactWasmKey(hash)) as Uint8Array | null)
  }
}
