import { toHex } from '../codec/index.ts'
import { MAX_TRUSTED_BLOCKS } from './constants.ts'
import type { Lineage } from './provenance.ts'
import type { LightBlock } from './types.ts'
import type { Verified } from './verified.ts'

export interface TrustedEntry {
  readonly verified: Verified<LightBlock>
  readonly lineage: Lineage
}

/** Verified blocks by height, bounded: the lowest and the newest stay. Once trusted, a height never changes. */
export class TrustedBlocks {
  private readonly heights: number[] = [] // ascending
  private readonly entries = new Map<number, TrustedEntry>()
  private readonly byStateRoot = new Map<string, Verified<LightBlock>>()

  add(entry: TrustedEntry): void {
    const { height, state_root } = entry.verified.provenance
    if (this.entries.has(height)) return
    this.heights.splice(this.position(height), 0, height)
    this.entries.set(height, entry)
    const root = toHex(state_root)
    if ((this.byStateRoot.get(root)?.provenance.height ?? 0) < height) this.byStateRoot.set(root, entry.verified)
    if (this.heights.length > MAX_TRUSTED_BLOCKS) this.forget(this.heights.splice(1, 1)[0]!)
  }

  get(height: number): TrustedEntry | undefined {
    return this.entries.get(height)
  }

  head(): TrustedEntry | undefined {
    return this.at(this.heights.length - 1)
  }

  lowest(): TrustedEntry | undefined {
    return this.at(0)
  }

  /** Nearest entry below `height`. */
  below(height: number): TrustedEntry | undefined {
    return this.at(this.position(height) - 1)
  }

  /** Nearest entry above `height`, which is not itself an entry. */
  above(height: number): TrustedEntry | undefined {
    return this.at(this.position(height))
  }

  /** Ascending, heights in (from, to]. */
  between(from: number, to: number): TrustedEntry[] {
    return this.heights.slice(this.position(from + 1), this.position(to + 1)).map((height) => this.entries.get(height)!)
  }

  /** Newest verified block whose state has this root. */
  withStateRoot(stateRoot: Uint8Array): Verified<LightBlock> | undefined {
    return this.byStateRoot.get(toHex(stateRoot))
  }

  private at(index: number): TrustedEntry | undefined {
    const height = this.heights[index]
    return height === undefined ? undefined : this.entries.get(height)
  }

  /** Where `height` stands or would stand. */
  private position(height: number): number {
    let low = 0
    let high = this.heights.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.heights[middle]! < height) low = middle + 1
      else high = middle
    }
    return low
  }

  private forget(height: number): void {
    const entry = this.entries.get(height)!
    this.entries.delete(height)
    const root = toHex(entry.verified.provenance.state_root)
    if (this.byStateRoot.get(root) === entry.verified) this.byStateRoot.delete(root)
  }
}
