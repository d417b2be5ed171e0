import { blockHash, equalBytes } from '../codec/index.ts'
import { verifyCertificate } from './certificate.ts'
import { isGenesis, isLightBlock, resolveClientOptions } from './client-options.ts'
import type { ClientOptions } from './client-options.ts'
import type { LightClient, LightClientInit, StateValue } from './client-types.ts'
import { MAX_BACKWARDS_HEADERS } from './constants.ts'
import { compareWithWitness, conflictError, examineConflict } from './detect-divergence.ts'
import type { LightConflictError } from './errors.ts'
import { LightError } from './errors.ts'
import { fetchLightBlock } from './fetch-light-block.ts'
import { assertNotExpired } from './header-checks.ts'
import { parseLightBlock, trustedGenesis, trustedStateOf } from './light-block.ts'
import { extendLineage, sealLightBlock, startLineage } from './provenance.ts'
import type { Lineage } from './provenance.ts'
import { verifyStateProof } from './state-proof.ts'
import type { StateProof } from './state-proof.ts'
import { TrustedBlocks } from './trusted-blocks.ts'
import type { LightBlock, TrustedState, VerificationOptions } from './types.ts'
import { seal } from './verified.ts'
import type { Verified } from './verified.ts'
import { verifyBackwards } from './verify-backwards.ts'
import { verifySkipping } from './verify-skipping.ts'

/** Position reported for a conflict between the source and what the source said before. */
const SOURCE_ITSELF = -1

/**
 * A light client in the sense of the CometBFT light-client specification: from a checkpoint to any later block by adjacent
 * and skipping verification with bisection, to earlier ones by hash links, compared with witnesses. It keeps what it
 * verified in memory only and asks for time through `now`; nothing else reaches the outside but `source` and `witnesses`.
 */
export function createLightClient(init: LightClientInit): LightClient {
  return new CheckpointLightClient(resolveClientOptions(init))
}

class CheckpointLightClient implements LightClient {
  private readonly options: ClientOptions
  private readonly trusted = new TrustedBlocks()
  private readonly faulty = new Set<number>()
  private genesis: TrustedState | null = null
  private conflict: LightConflictError | null = null
  private tail: Promise<unknown> = Promise.resolve()

  constructor(options: ClientOptions) {
    this.options = options
    const { checkpoint } = options
    if (!isLightBlock(checkpoint) && isGenesis(checkpoint)) this.genesis = trustedGenesis(checkpoint)
  }

  sync(height?: number): Promise<Verified<LightBlock>> {
    return this.serially(async (options) => {
      if (height !== undefined && (!Number.isSafeInteger(height) || height < 1)) {
        throw new LightError('BAD_OPTIONS', 'A height is an integer from 1 on.', { height: Number(height) })
      }
      const known = height === undefined ? undefined : this.trusted.get(height)
      if (known !== undefined) return known.verified
      const head = this.trusted.head()?.verified
      if (height !== undefined && head !== undefined && height < head.provenance.height) return this.verifyEarlier(height, null, options)
      const block = await fetchLightBlock(this.options.source, height ?? null)
      if (head !== undefined && block.header.height < head.provenance.height) return head // the source lags
      return this.accept(block, options)
    })
  }

  verify(block: LightBlock): Promise<Verified<LightBlock>> {
    return this.serially(async (options) => this.accept(parseLightBlock(block), options))
  }

  head(): Verified<LightBlock> | null {
    return this.trusted.head()?.verified ?? null
  }

  block(height: number): Verified<LightBlock> | null {
    return this.trusted.get(height)?.verified ?? null
  }

  faultyWitnesses(): readonly number[] {
    return [...this.faulty].toSorted((a, b) => a - b)
  }

  verifyProof(stateRoot: Uint8Array, key: string, proof: StateProof): Verified<StateValue> {
    const block = this.trusted.withStateRoot(stateRoot)
    if (block === undefined) {
      throw new LightError('UNKNOWN_STATE_ROOT', 'No verified block has this state root. Sync to the height the proof is for, then check it again.')
    }
    const value_hash = verifyStateProof(stateRoot, key, proof)
    const { provenance } = block
    return seal({ key, value_hash }, { ...provenance, steps: [...provenance.steps, { kind: 'state-proof', key, depth: proof.siblings.length }] })
  }

  /** One call after another, from the checkpoint on, and none after a conflict. */
  private serially<T>(task: (options: VerificationOptions) => Promise<T>): Promise<T> {
    const result = this.tail.then(async () => {
      if (this.conflict !== null) throw this.conflict
      const options = this.options.verification()
      await this.trustCheckpoint(options)
      return task(options)
    })
    this.tail = result.catch(() => {})
    return result
  }

  /** Makes the checkpoint the first trusted block, on the first call that gets that far. */
  private async trustCheckpoint(options: VerificationOptions): Promise<void> {
    const { checkpoint, source } = this.options
    if (this.genesis !== null || this.trusted.head() !== undefined) return
    let block: LightBlock
    if (isLightBlock(checkpoint)) {
      assertNotExpired(checkpoint.header, options)
      block = checkpoint
    } else {
      block = await fetchLightBlock(source, checkpoint.height)
      if (!equalBytes(blockHash(block.header), (checkpoint as { block_hash: Uint8Array }).block_hash)) {
        throw new LightError('WRONG_CHECKPOINT', 'The source has another block at the height of the checkpoint: one of the two is wrong. Compare the checkpoint with people you trust, and use another source.', {
          height: checkpoint.height,
        })
      }
      assertNotExpired(block.header, options)
    }
    await verifyCertificate(block.header, block.certificate, block.validators, { world_id: isLightBlock(checkpoint) ? block.header.world_id : checkpoint.world_id })
    const lineage = startLineage(block.header.height)
    this.trusted.add({ verified: sealLightBlock(block, lineage, 0), lineage })
  }

  private async accept(block: LightBlock, options: VerificationOptions): Promise<Verified<LightBlock>> {
    const { height } = block.header
    const known = this.trusted.get(height)
    if (known !== undefined) {
      if (equalBytes(blockHash(block.header), known.verified.provenance.block_hash)) return known.verified
      return this.refuseOther(block, options)
    }
    const head = this.trusted.head()
    if (head !== undefined && height < head.verified.provenance.height) return this.verifyEarlier(height, block, options)
    return this.verifyForwards(block, head === undefined ? null : head.verified, options)
  }

  private async verifyForwards(block: LightBlock, from: Verified<LightBlock> | null, options: VerificationOptions): Promise<Verified<LightBlock>> {
    const root = from === null ? this.genesis! : trustedStateOf(from.value)
    const trace = await verifySkipping(root, block, this.options.source, options)
    const witnesses = await this.crossCheck(root, trace, options)
    let lineage: Lineage = from === null ? startLineage(0) : this.trusted.get(root.height)!.lineage
    let at = root.height
    for (const verified of trace) {
      const { height } = verified.header
      lineage = extendLineage(lineage, height === at + 1 ? 'adjacent' : 'skipping', at, height)
      this.trusted.add({ verified: sealLightBlock(verified, lineage, verified === block ? witnesses : 0), lineage })
      at = height
    }
    return this.trusted.get(block.header.height)!.verified
  }

  /** A block below the head: forwards from the trusted one before it while that may vouch, else back along hash links. */
  private async verifyEarlier(height: number, given: LightBlock | null, options: VerificationOptions): Promise<Verified<LightBlock>> {
    const { source } = this.options
    const below = this.trusted.below(height)?.verified ?? null
    const root = below === null ? this.genesis : trustedStateOf(below.value)
    if (root !== null && root.time + options.trustingPeriodMs > options.now) {
      return this.verifyForwards(given ?? (await fetchLightBlock(source, height)), below, options)
    }
    const child = this.trusted.above(height)!
    const from = child.verified.provenance.height
    if (from - height > MAX_BACKWARDS_HEADERS) {
      throw new LightError('TOO_MANY_STEPS', 'This height lies too far below what is trusted. Start another client from a checkpoint near it.', { height, trusted: from })
    }
    let block = child.verified.value
    while (block.header.height > height) {
      const wanted = block.header.height - 1
      const parent = given !== null && wanted === height ? given : await fetchLightBlock(source, wanted)
      verifyBackwards(block.header, parent.header)
      block = parent
    }
    // The hash link proves the header; what came with it still has to belong to it.
    await verifyCertificate(block.header, block.certificate, block.validators)
    const lineage = extendLineage(child.lineage, 'backwards', from, height)
    const verified = sealLightBlock(block, lineage, 0)
    this.trusted.add({ verified, lineage })
    return verified
  }

  /** Asks all witnesses at once. Returns how many confirmed; refuses when there are some and none does. */
  private async crossCheck(root: TrustedState, trace: readonly LightBlock[], options: VerificationOptions): Promise<number> {
    const { witnesses } = this.options
    if (witnesses.length === 0) return 0
    const verdicts = await Promise.all(
      witnesses.map(async (witness, index) => {
        if (this.faulty.has(index)) return 'faulty'
        return compareWithWitness(root, trace, witness, index, options).catch((error: unknown) => this.halt(error))
      }),
    )
    verdicts.forEach((verdict, index) => {
      if (verdict === 'faulty') this.faulty.add(index)
    })
    const confirmed = verdicts.filter((verdict) => verdict === 'confirmed').length
    if (confirmed === 0) {
      throw new LightError('NOT_CROSS_CHECKED', 'No witness confirms this block. Wait until one has it, or add witnesses run by others.', {
        height: trace.at(-1)!.header.height, silent: verdicts.filter((verdict) => verdict === 'silent').length, faulty: this.faulty.size,
      })
    }
    return confirmed
  }

  /** Somebody shows another block at a trusted height: a proven one is an attack, an unproven one is a lie. */
  private async refuseOther(block: LightBlock, options: VerificationOptions): Promise<never> {
    const { height } = block.header
    const lowest = this.trusted.lowest()!.verified
    const root = this.genesis ?? trustedStateOf(lowest.value)
    const trace = this.trusted.between(root.height, height).map(({ verified }) => verified.value)
    const evidence = await examineConflict(root, trace, block, this.options.source, SOURCE_ITSELF, options)
    if (evidence !== null) this.halt(conflictError(evidence))
    throw new LightError('WRONG_BLOCK_HASH', 'Another block is trusted at this height, and this one does not prove itself. Drop it and demote who sent it.', { height })
  }

  private halt(error: unknown): never {
    if (error instanceof LightError && error.code === 'LIGHT_CONFLICT') this.conflict ??= error as LightConflictError
    throw error
  }
}
