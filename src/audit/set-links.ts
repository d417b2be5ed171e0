import { equalBytes, validatorSetHash } from '../codec/index.ts'
import type { ValidatorSet } from '../codec/index.ts'
import type { LightBlock } from '../light/index.ts'
import { AuditError } from './errors.ts'
import type { BlockLine } from './lines.ts'
import type { AuditSource } from './source.ts'

/**
 * Makes the block lines of an export so that the set of each is the one the line before it announced (the first: the one of the meta line).
 * Where sets changed between two lines, the blocks that announced the changes get lines of their own; they are found by bisection.
 */
export class SetLinks {
  private readonly source: AuditSource
  private height: number
  private next: Uint8Array

  /** `first` decides at height `from`. */
  constructor(source: AuditSource, from: number, first: ValidatorSet) {
    this.source = source
    this.height = from - 1
    this.next = validatorSetHash(first)
  }

  /** Highest height that has a line. */
  get last(): number {
    return this.height
  }

  /** Lines that lead from the last one to `block`, which is above it, and its own. */
  async *linesTo(block: LightBlock): AsyncGenerator<BlockLine> {
    while (!equalBytes(block.header.validators_hash, this.next)) yield await this.line(await this.lastOfSet(block.header.height))
    yield await this.line(block)
  }

  /** The last block above the newest line, and below `above`, that the announced set decided without a break. */
  private async lastOfSet(above: number): Promise<LightBlock> {
    let low = await readBlock(this.source, this.height + 1)
    if (!equalBytes(low.header.validators_hash, this.next)) {
      throw new AuditError('WRONG_VALIDATOR_SET', 'A stored block is not of the validators its parent announced. The store is damaged; export from another node.', { height: low.header.height })
    }
    let high = above
    while (high - low.header.height > 1) {
      const middle = await readBlock(this.source, low.header.height + Math.floor((high - low.header.height) / 2))
      if (equalBytes(middle.header.validators_hash, this.next)) low = middle
      else high = middle.header.height
    }
    return low
  }

  private async line({ header, certificate }: LightBlock): Promise<BlockLine> {
    const changes = !equalBytes(header.next_validators_hash, header.validators_hash)
    const next_validators = changes ? (await readBlock(this.source, header.height + 1)).validators : null
    this.height = header.height
    this.next = header.next_validators_hash
    return { type: 'block', header, certificate, next_validators }
  }
}

/** Throws `BLOCK_MISSING`. */
export async function readBlock(source: AuditSource, height: number): Promise<LightBlock> {
  const block = await source.lightBlock(height)
  if (block === null) throw missing(height)
  return block
}

export function missing(height: number): AuditError {
  return new AuditError('BLOCK_MISSING', `Block ${height} is not stored here, or is damaged. Start the node so that it repairs its store, or export from another one.`, { height })
}
