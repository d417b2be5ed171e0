import { sha256, toHex } from '../codec/index.ts'
import { ModuleHashMismatch } from './errors.ts'

/**
 * Content hashes of module bytes, computed here and never taken on trust. An array that was hashed once is known by its identity,
 * so calling the same module again costs a look-up; `verify` hashes anew, for whoever is about to compile.
 */
export class ContentHashes {
  private readonly known = new WeakMap<Uint8Array, string>()

  /** Lowercase hex SHA-256. Throws ModuleHashMismatch if `expected` is given and is another. */
  of(wasm: Uint8Array, expected?: string): string {
    let hash = this.known.get(wasm)
    if (hash === undefined) this.known.set(wasm, (hash = toHex(sha256(wasm))))
    if (expected !== undefined && expected !== hash) throw new ModuleHashMismatch(expected, hash)
    return hash
  }

  /** Throws ModuleHashMismatch if the bytes are no longer those that were hashed. */
  verify(wasm: Uint8Array, hash: string): void {
    const actual = toHex(sha256(wasm))
    if (actual !== hash) throw new ModuleHashMismatch(hash, actual)
  }
}
