import { DEFAULT_LIMITS } from './limits.ts'
import { parseModule } from './parse.ts'

/** Names of a module's exports, in its order. Throws WasmError for bytes that are no module. */
export function exportNames(bytes: Uint8Array): readonly string[] {
  return parseModule(bytes, DEFAULT_LIMITS).exports.map(({ name }) => name)
}
