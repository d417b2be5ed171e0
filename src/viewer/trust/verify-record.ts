/** The only place of the viewer where a `Verified` value is made: after every check was made again, here, on the bytes the node handed over. */
import { encodeCanonical, equalBytes, blockHash, sha256, toHex, totalStake } from '../../codec/index.ts'
import type { Value } from '../../codec/index.ts'
import { LightError, checkCertificateStructure, fromOwnVerifier, stakeOf, verifyCertificate, verifyStateValue } from '../../light/index.ts'
import type { Verified } from '../../light/index.ts'
import type { ProvenRecord } from '../../node/index.ts'

/** Signatures of heads already checked while a list is verified, by the hash of everything they are checked against. */
type CheckedHeads = Map<string, Promise<void>>

/** Throws `LightError` naming the first check that fails. `worldId` is the world this browser follows; null for a solo world. */
export async function verifyRecord(record: ProvenRecord, worldId: string | null): Promise<Verified<Value>> {
  return verifyAgainst(record, worldId, new Map())
}

/** The same for many records: each has its own proof, and the signatures of a head they share are checked once. */
export function verifyRecords(records: readonly ProvenRecord[], worldId: string | null): Promise<Verified<Value>[]> {
  const heads: CheckedHeads = new Map()
  return Promise.all(records.map((record) => verifyAgainst(record, worldId, heads)))
}

async function verifyAgainst(record: ProvenRecord, worldId: string | null, heads: CheckedHeads): Promise<Verified<Value>> {
  const { header, certificate, validators, proof, key, value, value_bytes } = record
  const expected = worldId === null ? {} : { world_id: worldId }
  const same = value_bytes === null ? value === null : equalBytes(encodeCanonical(value), value_bytes)
  if (!same) throw new LightError('WRONG_VALUE', 'The value shown is not the one whose bytes are proved. Reload the page.')
  verifyStateValue(header.state_root, key, value_bytes, proof)
  const signers = checkCertificateStructure(header, certificate, validators, expected)
  const head = toHex(sha256(encodeCanonical([header, certificate, validators] as unknown as Value)))
  let checked = heads.get(head)
  if (checked === undefined) heads.set(head, (checked = Promise.resolve(verifyCertificate(header, certificate, validators, expected)).then(() => undefined)))
  await checked
  return fromOwnVerifier({
    value,
    provenance: {
      world_id: header.world_id, height: header.height, block_hash: blockHash(header), state_root: header.state_root,
      steps: [
        { kind: 'certificate', signed_stake: stakeOf(signers, validators), total_stake: totalStake(validators) },
        { kind: 'state-proof', key, depth: proof.siblings.length },
      ],
    },
  })
}
