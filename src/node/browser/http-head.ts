import { commitCertificateSchema, decodeWith, headerSchema, schema } from '../../codec/index.ts'
import type { ValidatorSet } from '../../codec/index.ts'
import { verifyCertificate } from '../../light/index.ts'
import type { HeadStatus } from '../api.ts'
import { headStatus } from '../feed.ts'

const httpHeadSchema = schema.object({ header: headerSchema, certificate: commitCertificateSchema })

/**
 * A head from plain HTTP, if its certificate proves it against the genesis validators; not executed yet. Null when it proves nothing
 * (it may be forged, or signed by a later validator set): peers will bring the head.
 */
export async function provenHttpHead(encoded: Uint8Array, validators: ValidatorSet, world_id: string, now: number): Promise<HeadStatus | null> {
  try {
    const { header, certificate } = decodeWith(httpHeadSchema, encoded)
    await verifyCertificate(header, certificate, validators, { world_id })
    const status = headStatus({ block: { header, actions: [], last_commit: null }, certificate }, certificate.block_hash, validators, now)
    return { ...status, executed: false }
  } catch {
    return null
  }
}
