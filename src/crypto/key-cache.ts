import { PUBLIC_KEY_BYTES } from './rule.ts'

/**
 * A bounded map from 32-byte public keys to what was worked out about them. Two generations: entries used since the last turn
 * survive it, so the keys of validators outlive a flood of keys seen once.
 */
export class KeyCache<T> {
  private young = new Map<string, T>()
  private old = new Map<string, T>()
  private readonly generationSize: number

  /** Holds at most `maxKeys` (at least 2). */
  constructor(maxKeys: number) {
    this.generationSize = Math.max(1, Math.floor(maxKeys / 2))
  }

  get size(): number {
    return this.young.size + this.old.size
  }

  get(publicKey: Uint8Array): T | undefined {
    const name = nameOf(publicKey)
    if (name === undefined) return undefined
    const recent = this.young.get(name)
    if (recent !== undefined) return recent
    const value = this.old.get(name)
    if (value === undefined) return undefined
    this.old.delete(name)
    this.insert(name, value)
    return value
  }

  set(publicKey: Uint8Array, value: T): void {
    const name = nameOf(publicKey)
    if (name === undefined) return
    this.old.delete(name)
    this.insert(name, value)
  }

  private insert(name: string, value: T): void {
    if (this.young.size >= this.generationSize && !this.young.has(name)) {
      this.old = this.young
      this.young = new Map()
    }
    this.young.set(name, value)
  }
}

/** One character a byte. A key of another length must never find the entry of its first 32 bytes. */
function nameOf(publicKey: Uint8Array): string | undefined {
  return publicKey.length === PUBLIC_KEY_BYTES ? String.fromCharCode(...publicKey) : undefined
}
