import { blockHash, concatBytes, encodeCanonical, equalBytes, fromHex, sha256, toHex, validatorSetHash, verifyMerkleProof, WORLD_ID } from '../codec/index.ts'
import type { ValidatorSet, Value } from '../codec/index.ts'
import { LightError, verifyCertificate } from '../light/index.ts'
import { AuditError } from './errors.ts'
import type { AuditErrorCode } from './errors.ts'
import { matches, takesAll } from './filter.ts'
import type { AuditFilter } from './filter.ts'
import { genesisValidators } from './genesis-validators.ts'
import type { WorldRoot } from './genesis-validators.ts'
import { decodeLine, eventOf, MAX_LINE_CHARACTERS } from './lines.ts'
import type { AuditLine, BlockLine, EndLine, EventLine, MetaLine } from './lines.ts'

/** A block that is trusted for a reason outside of the file. */
export interface AuditCheckpoint {
  readonly world_id: string
  readonly height: number
  readonly block_hash: Uint8Array
}

export interface VerifyOptions {
  /** The world the file must be of. The genesis in the file then proves the first validators. */
  readonly worldId?: string
  /** The beginning of the world as read from a genesis at hand (`genesisValidators`), for a file that carries none. */
  readonly genesis?: WorldRoot
  readonly checkpoint?: AuditCheckpoint
  /** Lines and records so far; called at every line. */
  readonly onProgress?: (lines: number, records: number) => void
}

export type TrustRoot = 'checkpoint' | 'genesis' | 'none'

/** What a file without a bad line is worth. */
export interface AuditReport {
  readonly world_id: string
  readonly filter: AuditFilter
  readonly from: number
  readonly to: number
  readonly blocks: number
  readonly records: number
  /** Records in blocks whose validators follow from what is trusted: proven to have happened in the world. The rest is proven only against validators the file names. */
  readonly proven: number
  /** What the chain of validators begins with. `genesis`: the world id itself. */
  readonly root: TrustRoot
  /** True when world id, genesis or checkpoint came from outside of the file; else that this is the world meant is for the reader to compare. */
  readonly anchored: boolean
  /** Every record is proven, in the world asked for: nothing but completeness is left to belief. */
  readonly trusted: boolean
  /** Changes of the validator set followed. */
  readonly set_changes: number
  /** First and last event, `<height>-<index>`; null without records. */
  readonly first: string | null
  readonly last: string | null
  /** True when the hash chain of events proves that none is missing between first and last. */
  readonly unbroken: boolean
  /** Newest block of the file, `world_id:height:hash`: to compare with another node. */
  readonly newest: string
  readonly next_cursor: string | null
}

/** Reads a checkpoint as it is passed on, `world_id:height:hash`. Throws `CHECKPOINT_INVALID`. */
export function parseCheckpoint(text: string): AuditCheckpoint {
  const [world_id = '', height = '', hash = '', ...rest] = text.trim().split(':')
  try {
    if (rest.length > 0 || !/^[1-9]\d{0,14}$/.test(height) || hash.length !== 64) throw new Error('shape')
    return { world_id: WORLD_ID.parse(world_id, 'world_id'), height: Number(height), block_hash: fromHex(hash) }
  } catch (error) {
    throw new AuditError('CHECKPOINT_INVALID', 'A checkpoint is world_id:height:hash, the hash in 64 hex digits.', {}, { cause: error })
  }
}

/**
 * Checks an audit file line by line, without network and in bounded memory: every event against the events root of its block, every block against its
 * certificate, every set of validators against the block that announced it, the first against a genesis or checkpoint. Throws `AuditError` for the
 * first bad line (`detail.line`).
 */
export async function verifyAudit(lines: AsyncIterable<string>, options: VerifyOptions = {}): Promise<AuditReport> {
  const verifier = new AuditVerifier(options)
  let number = 0
  try {
    for await (const text of lines) {
      number++
      if (text.length > MAX_LINE_CHARACTERS) throw new AuditError('LINE_TOO_LONG', 'The line is longer than any line of an audit file.')
      await verifier.take(decodeLine(text))
      options.onProgress?.(number, verifier.records)
    }
    return verifier.finish()
  } catch (error) {
    if (error instanceof AuditError && error.detail['line'] === undefined) throw new AuditError(error.code, error.message, { ...error.detail, line: Math.max(1, number) }, { cause: error })
    throw error
  }
}

class AuditVerifier {
  records = 0
  private readonly options: VerifyOptions
  private meta: MetaLine | null = null
  private end: EndLine | null = null
  private block: BlockLine | null = null
  private blocks = 0
  private set: ValidatorSet = []
  /** Events that rest on each set of validators, in the order of the sets. */
  private readonly recordsOfSet: number[] = [0]
  /** Position in `recordsOfSet` from which on sets follow from something trusted; null while none does. */
  private trustedFrom: number | null = null
  private root: TrustRoot = 'none'
  private firstEvent: string | null = null
  private lastEvent: { readonly id: string; readonly height: number; readonly index: number; readonly hash: Uint8Array } | null = null
  private unbroken = true
  private sawMetaCheckpoint = false
  private sawCheckpoint = false

  constructor(options: VerifyOptions) {
    this.options = options
  }

  async take(line: AuditLine): Promise<void> {
    if (this.end !== null) bad('LINE_OUT_OF_PLACE', 'There is something after the end line. Two files may have been joined; verify each alone.')
    if ((line.type === 'meta') !== (this.meta === null)) bad('LINE_OUT_OF_PLACE', 'An audit file begins with one meta line and has no other.')
    if (line.type === 'meta') this.takeMeta(line)
    else if (line.type === 'block') await this.takeBlock(line)
    else if (line.type === 'event') this.takeEvent(line)
    else this.takeEnd(line)
  }

  private takeMeta(meta: MetaLine): void {
    const { worldId, genesis, checkpoint } = this.options
    this.meta = meta
    this.set = meta.validators
    for (const world_id of [worldId, genesis?.world_id, checkpoint?.world_id]) {
      if (world_id !== undefined && world_id !== meta.world_id) bad('WRONG_WORLD', `The file is of the world ${meta.world_id}, not of ${world_id}.`)
    }
    const own = meta.genesis === null ? null : genesisValidators(meta.genesis)
    if (own !== null && own.world_id !== meta.world_id) {
      bad('WRONG_GENESIS', `The genesis in the file is that of ${own.world_id}, but the file claims to be of ${meta.world_id}.`)
    }
    const root = genesis ?? own
    if (root !== null && equalBytes(validatorSetHash(root.validators), validatorSetHash(meta.validators))) this.trust(0, 'genesis')
  }

  private async takeBlock(line: BlockLine): Promise<void> {
    const { header, next_validators } = line
    const before = this.block
    if (before !== null && header.height <= before.header.height) bad('WRONG_ORDER', `Block ${header.height} comes after block ${before.header.height}: a line was moved or doubled.`)
    const announced = before?.header.next_validators_hash ?? validatorSetHash(this.set)
    if (before !== null && before.next_validators !== null) {
      this.set = before.next_validators
      this.recordsOfSet.push(0)
    }
    if (!equalBytes(header.validators_hash, announced)) {
      bad('WRONG_VALIDATOR_SET', `Block ${header.height} is of other validators than were announced before it. A line is missing or forged.`)
    }
    await this.checkCertificate(line)
    if ((next_validators === null) !== equalBytes(header.next_validators_hash, header.validators_hash)) {
      bad('WRONG_VALIDATOR_SET', `Block ${header.height} must name the validators after it exactly when they change.`)
    }
    if (next_validators !== null && !equalBytes(header.next_validators_hash, validatorSetHash(next_validators))) {
      bad('WRONG_VALIDATOR_SET', `The validators given after block ${header.height} are not those its header announces.`)
    }
    if (before !== null && header.height === before.header.height + 1 && !equalBytes(header.parent_hash, blockHash(before.header))) {
      bad('CERTIFICATE_INVALID', `Block ${header.height} does not name block ${before.header.height} as its parent.`)
    }
    this.block = line
    this.blocks++
    this.checkCheckpoints(line)
  }

  private async checkCertificate({ header, certificate }: BlockLine): Promise<void> {
    try {
      await verifyCertificate(header, certificate, this.set, { world_id: this.meta!.world_id })
    } catch (error) {
      if (!(error instanceof LightError)) throw error
      bad(error.code === 'WRONG_WORLD' ? 'WRONG_WORLD' : 'CERTIFICATE_INVALID', `The certificate of block ${header.height} does not hold (${error.code}): ${error.message}`, error)
    }
  }

  private checkCheckpoints({ header }: BlockLine): void {
    const hash = blockHash(header)
    const { checkpoint } = this.options
    if (header.height === this.meta!.checkpoint.height) {
      if (!equalBytes(hash, this.meta!.checkpoint.block_hash)) bad('WRONG_CHECKPOINT', `Block ${header.height} is not the one the meta line names.`)
      this.sawMetaCheckpoint = true
    }
    if (header.height === checkpoint?.height) {
      if (!equalBytes(hash, checkpoint.block_hash)) {
        bad('WRONG_CHECKPOINT', `Block ${header.height} of the file is ${toHex(hash)}, the checkpoint says ${toHex(checkpoint.block_hash)}: this is another history.`)
      }
      this.sawCheckpoint = true
      this.trust(this.recordsOfSet.length - 1, 'checkpoint')
    }
  }

  private takeEvent(line: EventLine): void {
    const { block, lastEvent, meta } = this
    if (block === null || line.height !== block.header.height) bad('LINE_OUT_OF_PLACE', `Event ${line.id} does not stand with its block: a line was moved or is missing.`)
    if (line.id !== `${line.height}-${line.index}`) bad('WRONG_EVENT_ID', `The id ${line.id} is not that of event ${line.index} of block ${line.height}.`)
    if (lastEvent !== null && (line.height < lastEvent.height || (line.height === lastEvent.height && line.index <= lastEvent.index))) {
      bad('WRONG_ORDER', `Event ${line.id} comes after ${lastEvent.id}: a line was moved or doubled.`)
    }
    const event = eventOf(line)
    const encoded = encodeCanonical(event as unknown as Value)
    if (!verifyMerkleProof(block.header.events_root, encoded, { index: line.index, size: line.proof.size, siblings: split(line.proof.siblings) })) {
      bad('NOT_IN_BLOCK', `Event ${line.id} is not in block ${line.height}: its proof does not lead to the events root. The record or its proof was changed.`)
    }
    const { from, from_index, to, filter } = meta!
    if (line.height < from || line.height > to || (line.height === from && line.index < from_index) || !matches(filter, event)) {
      bad('OUTSIDE_FILTER', `Event ${line.id} is true, but not one the meta line says the file holds.`)
    }
    const follows = lastEvent === null || equalBytes(line.prev_hash, lastEvent.hash)
    const isNext = lastEvent !== null && line.height === lastEvent.height && line.index === lastEvent.index + 1
    if (isNext && !follows) bad('EVENT_CHAIN_BROKEN', `Event ${line.id} does not name the hash of ${lastEvent.id}, the event before it.`)
    if (!follows) this.unbroken = false
    this.firstEvent ??= line.id
    this.lastEvent = { id: line.id, height: line.height, index: line.index, hash: leafHash(encoded) }
    this.records++
    this.recordsOfSet[this.recordsOfSet.length - 1]!++
  }

  private takeEnd(line: EndLine): void {
    if (line.records !== this.records) bad('WRONG_COUNT', `The end line counts ${line.records} events, the file has ${this.records}: lines were removed or added.`)
    this.end = line
  }

  private trust(fromSet: number, root: TrustRoot): void {
    if (this.trustedFrom !== null && this.trustedFrom <= fromSet) return
    this.trustedFrom = fromSet
    this.root = root
  }

  finish(): AuditReport {
    const { meta, end, block } = this
    if (meta === null) return bad('FILE_EMPTY', 'The file is empty.')
    if (end === null) return bad('TRUNCATED', 'The file ends without its end line: it was cut off. Get it again, or export it again.')
    if (block === null || !this.sawMetaCheckpoint) return bad('TRUNCATED', `The line of block ${meta.checkpoint.height}, which the meta line promises, is not there.`)
    if (this.options.checkpoint !== undefined && !this.sawCheckpoint) {
      const { height } = this.options.checkpoint
      return bad('CHECKPOINT_NOT_COVERED', `The file has no line for block ${height}, so it cannot be held against the checkpoint. Export it with --checkpoint ${height}.`, undefined, { line: 1 })
    }
    const proven = this.trustedFrom === null ? 0 : this.recordsOfSet.slice(this.trustedFrom).reduce((sum, count) => sum + count, 0)
    const { worldId, genesis, checkpoint } = this.options
    const anchored = (worldId ?? genesis ?? checkpoint) !== undefined
    return {
      anchored, trusted: anchored && this.root !== 'none' && proven === this.records,
      world_id: meta.world_id, filter: meta.filter, from: meta.from, to: meta.to, blocks: this.blocks, records: this.records, proven, root: this.root,
      set_changes: this.recordsOfSet.length - 1, first: this.firstEvent, last: this.lastEvent?.id ?? null,
      unbroken: this.unbroken && this.records > 0 && takesAll(meta.filter),
      newest: `${meta.world_id}:${block.header.height}:${toHex(blockHash(block.header))}`, next_cursor: end.next_cursor,
    }
  }
}

/** Hash of an event in the chain: that of its leaf in the events tree (RFC 6962 §2.1). */
function leafHash(encoded: Uint8Array): Uint8Array {
  return sha256(concatBytes(Uint8Array.of(0), encoded))
}

function split(siblings: Uint8Array): Uint8Array[] {
  return Array.from({ length: Math.ceil(siblings.length / 32) }, (_, index) => siblings.slice(32 * index, 32 * index + 32))
}

function bad(code: AuditErrorCode, message: string, cause?: unknown, detail: Readonly<Record<string, number>> = {}): never {
  throw new AuditError(code, message, detail, { cause })
}
