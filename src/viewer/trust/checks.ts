/** The proof of a record as seven steps that can be shown. Each is computed from the bytes at hand; none relies on the one before having been shown. */
import {
  blockHash, encodeCanonical, equalBytes, isQuorum, sha256, signerIndexes, toHex, totalStake, utf8Bytes, validatorSetHash,
} from '../../codec/index.ts'
import { stakeOf, verifyCertificateInFull, verifyStateProof } from '../../light/index.ts'
import type { ProvenRecord } from '../../node/index.ts'

export type StepId = 'value' | 'leaf' | 'root' | 'header' | 'certificate' | 'validators' | 'world'
export type FactName =
  | 'key' | 'bytes' | 'valueHash' | 'keyHash' | 'leafHash' | 'siblings' | 'computedRoot' | 'headerRoot' | 'computedHash' | 'certifiedHash' | 'signed'
  | 'signers' | 'round' | 'computedSet' | 'headerSet' | 'validators' | 'headerWorld' | 'pinnedWorld' | 'reason'

export interface CheckedStep {
  readonly id: StepId
  readonly holds: boolean
  /** What was computed, to be compared by eye. Hex in full. */
  readonly facts: readonly (readonly [FactName, string])[]
}

export const STEP_IDS: readonly StepId[] = ['value', 'leaf', 'root', 'header', 'certificate', 'validators', 'world']

type Check = (record: ProvenRecord, worldId: string | null) => Omit<CheckedStep, 'id'> | Promise<Omit<CheckedStep, 'id'>>

const CHECKS: Readonly<Record<StepId, Check>> = {
  value({ key, value, value_bytes, proof }) {
    if (value_bytes === null) return { holds: value === null && (proof.leaf === null || !equalBytes(proof.leaf.key_hash, keyHash(key))), facts: [['key', key]] }
    const hash = sha256(value_bytes)
    const holds = equalBytes(encodeCanonical(value), value_bytes) && proof.leaf !== null && equalBytes(proof.leaf.value_hash, hash)
    return { holds, facts: [['key', key], ['bytes', toHex(value_bytes)], ['valueHash', toHex(hash)]] }
  },
  leaf({ key, value_bytes, proof }) {
    const { leaf } = proof
    if (leaf === null) return { holds: value_bytes === null, facts: [['keyHash', toHex(keyHash(key))]] }
    const own = equalBytes(leaf.key_hash, keyHash(key))
    return { holds: own === (value_bytes !== null), facts: [['keyHash', toHex(leaf.key_hash)], ['leafHash', toHex(leafHash(leaf.key_hash, leaf.value_hash))]] }
  },
  root({ header, key, proof, value_bytes }) {
    const proved = verifyStateProof(header.state_root, key, proof)
    const holds = value_bytes === null ? proved === null : proved !== null && equalBytes(proved, sha256(value_bytes))
    return { holds, facts: [['siblings', String(proof.siblings.length)], ['computedRoot', toHex(foldProof(key, proof))], ['headerRoot', toHex(header.state_root)]] }
  },
  header({ header, certificate }) {
    const hash = blockHash(header)
    return {
      holds: equalBytes(hash, certificate.block_hash) && header.height === certificate.height,
      facts: [['computedHash', toHex(hash)], ['certifiedHash', toHex(certificate.block_hash)], ['round', String(certificate.round)]],
    }
  },
  async certificate({ header, certificate, validators }) {
    await verifyCertificateInFull(header, certificate, validators)
    const indexes = signerIndexes(certificate.signers)
    const [signed, total] = [stakeOf(indexes, validators), totalStake(validators)]
    return {
      holds: isQuorum(signed, total),
      facts: [['signed', `${signed} / ${total}`], ['signers', indexes.map((index) => validators[index]!.validator_id).join(', ')]],
    }
  },
  validators({ header, validators }) {
    const hash = validatorSetHash(validators)
    return {
      holds: equalBytes(hash, header.validators_hash),
      facts: [['computedSet', toHex(hash)], ['headerSet', toHex(header.validators_hash)], ['validators', validators.map((each) => `${each.validator_id} ${each.stake}`).join(', ')]],
    }
  },
  world({ header }, worldId) {
    return { holds: worldId === null || header.world_id === worldId, facts: [['headerWorld', header.world_id], ['pinnedWorld', worldId ?? '–']] }
  },
}

/** Runs every step, also after one fails, and hands each over as soon as it is known. A check that throws fails with its reason. */
export async function checkRecord(record: ProvenRecord, worldId: string | null, onStep: (step: CheckedStep) => void): Promise<boolean> {
  let all = true
  for (const id of STEP_IDS) {
    let step: CheckedStep
    try {
      step = { id, ...(await CHECKS[id](record, worldId)) }
    } catch (error) {
      step = { id, holds: false, facts: [['reason', error instanceof Error ? error.message : String(error)]] }
    }
    all &&= step.holds
    onStep(step)
  }
  return all
}

const keyHash = (key: string): Uint8Array => sha256(utf8Bytes(key))

function leafHash(key: Uint8Array, value: Uint8Array): Uint8Array {
  return sha256(Uint8Array.of(0, ...key, ...value))
}

/** The root that leaf and siblings give: a second computation beside `verifyStateProof`, so that the drawer shows the number it compares. */
function foldProof(key: string, { leaf, siblings }: ProvenRecord['proof']): Uint8Array {
  const path = keyHash(key)
  let node: Uint8Array = leaf === null ? new Uint8Array(32) : leafHash(leaf.key_hash, leaf.value_hash)
  for (let depth = siblings.length - 1; depth >= 0; depth--) {
    const right = (path[depth >> 3]! >> (7 - (depth & 7))) & 1
    node = sha256(right === 1 ? Uint8Array.of(1, ...siblings[depth]!, ...node) : Uint8Array.of(1, ...node, ...siblings[depth]!))
  }
  return node
}
