/** One signature of a group over one approval, by two rounds of files. */
import { AppError, Domain, encodeCanonical, equalBytes, governanceCertificatePayload, sha256, toHex } from '../../../codec/index.ts'
import type { GovernanceFinalityCertificate } from '../../../codec/index.ts'
import { frost } from '../../../crypto/index.ts'
import type { Intent } from '../../../vault/index.ts'
import type { Group } from './ceremony.ts'
import { fetchMail, post, readMail } from './mail.ts'
import type { Mailbox, Speaker } from './mail.ts'

export type Approval = Extract<Intent, { readonly kind: 'approve_proposal' }>

/** What is signed is built here from the approval itself. Throws `NOT_AN_APPROVAL`, `OTHER_WORLD`, `GROUP_KEY_OTHER`. */
export function approvalFor({ world_id, group }: Group, intent: Intent): Approval {
  if (intent.kind !== 'approve_proposal') throw new AppError('NOT_AN_APPROVAL', 'A group signs approvals of proposals and nothing else. Give the request that "proposal approve ID --request FILE" writes.')
  if (intent.world_id !== world_id) throw new AppError('OTHER_WORLD', `The request is of ${intent.world_id}; the key of the group was made for ${world_id}.`)
  const { group_key } = intent.base_manifest.governance
  if (group_key === null || !equalBytes(group_key, group.publicKey)) {
    throw new AppError('GROUP_KEY_OTHER', `The world's group key is ${group_key === null ? 'none' : toHex(group_key)}, that of this group ${toHex(group.publicKey)}. Propose to set governance.group_key first.`)
  }
  return intent
}

/** The mail of one try to sign one approval. */
export function signingMailbox(directory: string, { world_id, ceremony_id, members }: Group, approval: Approval, attempt: number): Mailbox {
  const payload = governanceCertificatePayload(approval.certificate)
  return { directory, world_id, members, session: toHex(sha256(encodeCanonical([Domain.frostMessage, ceremony_id, sha256(payload), attempt]))) }
}

/** First round. Throws `COMMITTED_ALREADY`. */
export async function commit(mailbox: Mailbox, speaker: Speaker, keyShare: frost.KeyShare, store: frost.NonceStore, random: frost.RandomBytes): Promise<string> {
  const own = (await messages(mailbox, 'nonce_commitment')).some(({ participant }) => participant === speaker.id)
  if (own) throw new AppError('COMMITTED_ALREADY', 'This participant has committed to nonces for this try. Go on with "frost sign", or begin another with --attempt.')
  const body = frost.encodeFrostMessage(await frost.commitNonces(keyShare, store, random))
  return post(mailbox, speaker, { to: null, type: 'nonce_commitment', box_key: null, body })
}

/** Second round: this participant's part of the signature. `signers` null takes all that committed. Throws what `frost.signShare` throws. */
export async function sign(mailbox: Mailbox, speaker: Speaker, keyShare: frost.KeyShare, store: frost.NonceStore, approval: Approval, signers: readonly string[] | null): Promise<string> {
  const commitments = chosen(await messages(mailbox, 'nonce_commitment'), signers)
  const share = await frost.signShare(keyShare, store, { payload: governanceCertificatePayload(approval.certificate), commitments })
  return post(mailbox, speaker, { to: null, type: 'signature_share', box_key: null, body: frost.encodeFrostMessage(share) })
}

/** The certificate, by anyone who has the mail. Throws what `frost.aggregate` throws, naming whose share is wrong or missing. */
export async function aggregate(mailbox: Mailbox, { group }: Group, approval: Approval, signers: readonly string[] | null): Promise<GovernanceFinalityCertificate> {
  const commitments = chosen(await messages(mailbox, 'nonce_commitment'), signers)
  const shares = chosen(await messages(mailbox, 'signature_share'), signers)
  const payload = governanceCertificatePayload(approval.certificate)
  return { ...approval.certificate, scheme: 'frost', aggregate: frost.aggregate({ group, payload, commitments }, shares) }
}

async function messages<T extends 'nonce_commitment' | 'signature_share'>(mailbox: Mailbox, type: T): Promise<Extract<frost.FrostMessage, { readonly type: T }>[]> {
  const mail = await Promise.all((await fetchMail(mailbox, type, null)).map((file) => readMail(mailbox, file)))
  return mail.filter((each) => each !== null).map(({ from, body }) => frost.decodeFrostMessage(body, type, from))
}

function chosen<M extends { readonly participant: string }>(all: readonly M[], signers: readonly string[] | null): M[] {
  return all.filter(({ participant }) => signers === null || signers.includes(participant))
}
