import { blockHash, equalBytes, signerIndexes, toHex } from '../codec/index.ts'
import { LightConflictError, LightError } from './errors.ts'
import { fetchLightBlock } from './fetch-light-block.ts'
import { trustedStateOf } from './light-block.ts'
import type { ConflictEvidence, LightBlock, LightSource, TrustedState, VerificationOptions } from './types.ts'
import { verifySkipping } from './verify-skipping.ts'

/** What a witness said about the verified target. `faulty`: it contradicts what it cannot prove. */
export type WitnessVerdict = 'confirmed' | 'silent' | 'faulty'

/**
 * Compares a verified block with a witness (CometBFT detector, `compareNewHeaderWithWitness`). `trace` holds the blocks
 * verified from `root` on, ascending, the target last. A witness that proves another block makes it throw `LightConflictError`:
 * nobody can tell from here which side is right, only that more than a third of stake signed both.
 */
export async function compareWithWitness(
  root: TrustedState,
  trace: readonly LightBlock[],
  witness: LightSource,
  witnessIndex: number,
  options: VerificationOptions,
): Promise<WitnessVerdict> {
  const target = trace.at(-1)!
  const answer = await ask(witness, target.header.height)
  if (answer === null || answer === 'faulty') return answer ?? 'silent'
  if (sameBlock(answer, target)) return 'confirmed'
  const evidence = await examineConflict(root, trace, answer, witness, witnessIndex, options)
  if (evidence === null) return 'faulty'
  throw conflictError(evidence)
}

/**
 * Looks for the first block of `trace` the other side has differently and tries to verify the other side's from the block
 * before (CometBFT `examineConflictingHeaderAgainstTrace`). Null when the other side cannot prove it.
 */
export async function examineConflict(
  root: TrustedState,
  trace: readonly LightBlock[],
  conflicting: LightBlock,
  witness: LightSource,
  witnessIndex: number,
  options: VerificationOptions,
): Promise<ConflictEvidence | null> {
  let common = root
  for (const block of trace) {
    const last = block === trace.at(-1)
    const other = last ? conflicting : await ask(witness, block.header.height)
    if (other === null) continue
    if (other === 'faulty') return null
    if (sameBlock(other, block)) {
      common = trustedStateOf(block)
      continue
    }
    try {
      await verifySkipping(common, other, witness, options)
    } catch (error) {
      if (error instanceof LightError) return null
      throw error
    }
    return { common_height: common.height, primary: block, witness: other, witness_index: witnessIndex, double_signers: doubleSigners(block, other) }
  }
  return null
}

export function conflictError(evidence: ConflictEvidence): LightConflictError {
  return new LightConflictError(
    'Two different blocks of one height are both finalized: validators attacked the network, or this client is shown a fork. Nothing newer is accepted. ' +
      'Give the evidence to validators and people you trust, and start again from a checkpoint they confirm.',
    evidence,
  )
}

/** Validators whose keys stand among the signers of both certificates, by the names of the first. */
export function doubleSigners(one: LightBlock, other: LightBlock): string[] {
  const otherKeys = new Set(signersOf(other).map(({ public_key }) => toHex(public_key)))
  return signersOf(one).filter(({ public_key }) => otherKeys.has(toHex(public_key))).map(({ validator_id }) => validator_id)
}

function signersOf({ certificate, validators }: LightBlock): LightBlock['validators'][number][] {
  return signerIndexes(certificate.signers).flatMap((index) => validators[index] ?? [])
}

async function ask(witness: LightSource, height: number): Promise<LightBlock | 'faulty' | null> {
  try {
    return await fetchLightBlock(witness, height)
  } catch (error) {
    if (!(error instanceof LightError)) throw error
    return error.code === 'NOT_FOUND' || error.code === 'SOURCE_FAILED' ? null : 'faulty'
  }
}

function sameBlock(a: LightBlock, b: LightBlock): boolean {
  return equalBytes(blockHash(a.header), blockHash(b.header))
}
