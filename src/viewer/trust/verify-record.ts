/** The only place of the viewer where a `Verified` value is made: after every check was made again, here, on the bytes the node handed over. */
import { encodeCanonical, equalBytes, blockHash, totalStake } from '../../codec/index.ts'
import type { Value } from '../../codec/index.ts'
import { LightError, checkCertificateStructure, fromOwnVerifier, stakeOf, verifyCertificate, verifyStateValue } from '../../light/index.ts'
import type { Verified } from '../../light/index.ts'
import type { ProvenRecord } from '../../node/index.ts'

/** Throws `LightError` naming the first check that fails. `worldId` is the world this browser follows; null for a solo world. */
export async function verifyRecord(record: ProvenRecord, worldId: string | null): Promise<Verified<Value>> {
  const { header, certificate, validators, proof, key, value, value_bytes } = record
  const expected = worldId === null ? {} : { world_id: worldId }
  const same = value_bytes === null ? value === null : equalBytes(encodeCanonical(value), value_bytes)
  if (!same) throw new LightError('WRONG_VALUE', 'The value shown is not the one whose bytes are proved. Reload the page.')
  verifyStateValue(header.state_root, key, value_bytes, proof)
  const signers = checkCertificateStructure(header, certificate, validators, expected)
  await verifyCertificate(header, certificate, validators, expected)
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
