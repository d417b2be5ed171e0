import { describe, expect, it } from 'vitest'
import { governanceCertificatePayload, receiptPayload } from '../../codec/index.ts'
import type { EffectReceipt, GovernanceFinalityCertificate, GovernanceStatement, Value } from '../../codec/index.ts'
import { frost, isValidPublicKey, verifyEd25519, verifyEd25519Portable, verifyReceipt } from '../../crypto/index.ts'
import { Seeded } from '../../crypto/testing/seeded.ts'
import { GovernedWorld } from './testing/governed-world.ts'
import type { PatchOp } from './records.ts'

const source = new Seeded(7)
const random = (length: number): Uint8Array => source.bytes(length)

/** What somebody sends, as bytes that others read: nothing else passes between participants. */
type Wire = { readonly from: string; readonly to: string | null; readonly bytes: Uint8Array }
const sent = (message: frost.FrostMessage, to: string | null = null): Wire => ({ from: message.participant, to, bytes: frost.encodeFrostMessage(message) })
function received<T extends frost.FrostMessage['type']>(mail: readonly Wire[], type: T, by: string): Extract<frost.FrostMessage, { readonly type: T }>[] {
  return mail.filter(({ from, to }) => from !== by && (to === null || to === by)).map(({ from, bytes }) => frost.decodeFrostMessage(bytes, type, from))
}

/** Makes a key over the wire; `lying` sends shares of its own making. By participant: its share, or whom it blames. */
function makeKey(participants: readonly string[], attempt: number, lying: string | null = null): Map<string, frost.KeyShare | frost.FrostError> {
  const sides = participants.map((id) => new frost.KeyGeneration({ context: `governance attempt ${attempt}`, threshold: 2, participants }, id))
  const commitments = sides.map((side) => sent(side.start(random)))
  const shares = sides.flatMap((side) => side.deal(received(commitments, 'key_commitment', side.participant)).map((message) => (
    sent(side.participant === lying ? { ...message, share: message.share.map((byte, index) => (index === 0 ? byte ^ 1 : byte)) } : message, message.recipient)
  )))
  const results = new Map<string, frost.KeyShare | frost.FrostError>()
  const confirmations: Wire[] = []
  for (const side of sides) {
    try {
      confirmations.push(sent(side.finish(received(shares, 'secret_share', side.participant))))
    } catch (error) {
      results.set(side.participant, error as frost.FrostError)
    }
  }
  if (results.size > 0) return results
  for (const side of sides) results.set(side.participant, side.confirm(received(confirmations, 'key_confirmation', side.participant)))
  return results
}

async function signTogether(keyShares: readonly frost.KeyShare[], payload: Uint8Array, lying: string | null = null): Promise<Uint8Array> {
  const stores = keyShares.map(() => frost.createMemoryNonceStore())
  const wire = await Promise.all(keyShares.map(async (share, index) => sent(await frost.commitNonces(share, stores[index]!, random))))
  const commitments = received(wire, 'nonce_commitment', '')
  const answers = await Promise.all(keyShares.map(async (share, index) => {
    const message = await frost.signShare(share, stores[index]!, { payload, commitments })
    return sent(message.participant === lying ? { ...message, share: message.share.map((byte, at) => (at === 0 ? byte ^ 1 : byte)) } : message)
  }))
  return frost.aggregate({ group: keyShares[0]!.group, payload, commitments }, received(answers, 'signature_share', ''))
}

const certified = async (keyShares: readonly frost.KeyShare[], statement: GovernanceStatement): Promise<GovernanceFinalityCertificate> => (
  { ...statement, scheme: 'frost', aggregate: await signTogether(keyShares, governanceCertificatePayload(statement)) }
)
const set = (path: readonly string[], value: unknown): PatchOp => ({ op: 'set', path, value: value as Value })

describe('a group of signers that makes a key together', () => {
  const first = makeKey(['s1', 's2', 's3'], 1, 's3')
  const second = makeKey(['s1', 's2'], 2)
  const keyShares = [...second.values()] as frost.KeyShare[]
  const { publicKey } = keyShares[0]!.group

  it('finds out who misbehaves, and goes on without', () => {
    expect([...first.keys()]).toEqual(['s1', 's2'])
    for (const blamed of first.values()) expect(blamed).toMatchObject({ code: 'SHARE_INVALID', participants: ['s3'] })
    expect(keyShares.map(({ participant }) => participant)).toEqual(['s1', 's2'])
    expect(keyShares[1]!.group.publicKey).toEqual(publicKey)
    expect(isValidPublicKey(publicKey)).toBe(true)
  })

  it('approves proposals with one signature, once a proposal has made its key that of the world', async () => {
    const world = new GovernedWorld()
    const early = await world.proposeAndShadow({ patch: [set(['governance', 'shadow_blocks'], 3)] })
    expect((await world.applyWith(early, await certified(keyShares, world.statement(early)))).receipt.code).toBe('CERTIFICATE_NO_GROUP_KEY')

    const keyed = await world.proposeAndShadow({ patch: [set(['governance', 'group_key'], publicKey)] })
    await world.passes(keyed)
    expect(world.manifest().governance).toMatchObject({ group_key: publicKey, epoch_id: 1 })

    const id = await world.proposeAndShadow({ patch: [set(['governance', 'shadow_blocks'], 5)] })
    const certificate = await certified(keyShares, world.statement(id)) as Extract<GovernanceFinalityCertificate, { readonly scheme: 'frost' }>
    const payload = governanceCertificatePayload(certificate)
    expect([verifyEd25519Portable(publicKey, payload, certificate.aggregate), await verifyEd25519(publicKey, payload, certificate.aggregate)]).toEqual([true, true])
    const other = { ...certificate, aggregate: await signTogether(keyShares, governanceCertificatePayload({ ...certificate, expires_height: certificate.expires_height + 1 })) }
    expect((await world.applyWith(id, other)).receipt.code).toBe('CERTIFICATE_BAD_SIGNATURE')
    expect((await world.applyWith(id, certificate)).receipt.code).toBeNull()
    while (world.proposal(id).state !== 'applied') world.block()
    expect(world.manifest().governance).toMatchObject({ shadow_blocks: 5, group_key: publicKey, epoch_id: 1 })
    expect(world.proposal(id).certificate).toEqual(certificate)
    expect((await world.applyWith(id, certificate)).receipt.code).toBe('PROPOSAL_CLOSED')
  })

  it('finds out whose part of a signature is wrong', async () => {
    await expect(signTogether(keyShares, Uint8Array.of(1), 's2')).rejects.toMatchObject({ code: 'SIGNATURE_SHARE_INVALID', participants: ['s2'] })
  })

  it('vouches for receipts with the same key', async () => {
    const receipt: EffectReceipt = { intent_id: 'intent/5-0', status: 'ok', payload: { body: 'sunny' }, cost_cents: null }
    const claims = { algorithm: 'threshold_ed25519', scheme: 'frost', signer_group_id: 'all', threshold: 2, participants: ['s1', 's2'], consensus_height: 9, receipts_root: new Uint8Array(32).fill(1) } as const
    const worldId = new GovernedWorld().kernel.worldId
    const signature = { ...claims, aggregate: await signTogether(keyShares, receiptPayload(worldId, receipt, claims)) }
    const authority = { node: () => null, group: () => ({ threshold: 2, participants: ['s1', 's2'], group_key: publicKey }), receiptsRoot: () => claims.receipts_root }
    expect(verifyReceipt(worldId, receipt, signature, authority)).toBeNull()
    expect(verifyReceipt(worldId, { ...receipt, status: 'failed' }, signature, authority)).toMatchObject({ problem: 'SIGNATURE_INVALID' })
    expect(verifyReceipt(worldId, receipt, signature, { ...authority, group: () => ({ threshold: 2, participants: ['s1', 's2'], group_key: null }) })).toMatchObject({ problem: 'NO_GROUP_KEY' })
  })
})
