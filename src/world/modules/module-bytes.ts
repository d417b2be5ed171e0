import { exportNames, validateModule } from '../../wasm/index.ts'
import { artifactWasmKey } from '../market/keys.ts'
import type { StateReader } from '../state/state.ts'

/** What there is to say about bytes, whoever uses them. */
export interface ModuleInspection {
  /** Why no node would run them; null when they run. */
  readonly problem: string | null
  /** Names of their exports; empty when they do not run. */
  readonly exports: readonly string[]
}

/** Validating the largest module takes some milliseconds, and shadow asks in every block. */
const MAX_REMEMBERED = 256

/** Where the bytes of modules are: those of the genesis, by hash, and the deployed artifacts of a state. */
export class ModuleBytes {
  private readonly genesis: ReadonlyMap<string, Uint8Array>
  private readonly inspected = new Map<string, ModuleInspection>()

  constructor(modules: readonly { readonly manifest: { readonly wasm_hash: string }; readonly wasm: Uint8Array }[]) {
    this.genesis = new Map(modules.map(({ manifest, wasm }) => [manifest.wasm_hash, wasm]))
  }

  /** Bytes of the genesis need no second look: they were validated with it. */
  isOfGenesis(hash: string): boolean {
    return this.genesis.has(hash)
  }

  /** `hash` must be that of `wasm`. */
  inspect(hash: string, wasm: Uint8Array): ModuleInspection {
    const known = this.inspected.get(hash)
    if (known !== undefined) return known
    const [error] = validateModule(wasm).errors
    const inspection: ModuleInspection = error === undefined ? { problem: null, exports: exportNames(wasm) } : { problem: error.message, exports: [] }
    if (this.inspected.size >= MAX_REMEMBERED) this.inspected.clear()
    this.inspected.set(hash, inspection)
    return inspection
  }

  find(state: StateReader, hash: string): Uint8Array | null {
    return this.genesis.get(hash) ?? (state.get(artifactWasmKey(hash)) as Uint8Array | null)
  }
}
