import { describe, expect, it } from 'vitest'
import { governanceCertificatePayload, utf8Bytes } from '../../codec/index.ts'
import type { GovernanceFinalityCertificate, GovernanceStatement } from '../../codec/index.ts'
import { signerOf } from '../testing/test-world.ts'
import { assembleCertificate } from './certificate.ts'
import type { GovernanceConfig } from './config.ts'
import { ann, GovernedWorld, official } from './testing/governed-world.ts'

const PATCH = [{ op: 'set', path: ['governance', 'shadow_blocks'], value: 3 }] as const

async function certifiable(governance: Partial<GovernanceConfig> = {}): Promise<{ world: GovernedWorld; id: string; statement: GovernanceStatement }> {
  const world = new GovernedWorld(governance)
  world.advanceTo(3)
  const id = await world.proposeAndShadow({ patch: PATCH })
  return { world, id, statement: world.statement(id) }
}

/** Brings a certificate; nothing but the nonce of who brought it changes when it is refused. */
async function bring({ world, id }: { world: GovernedWorld; id: string }, certificate: GovernanceFinalityCertificate): Promise<string | null> {
  const before = world.proposal(id)
  const { receipt, events } = await world.act(ann, { kind: 'apply_proposal', proposal_id: id, certificate: certificate as never })
  if (receipt.code !== null) {
    expect(world.proposal(id)).toEqual(before)
    expect(events.map(({ kind }) => kind)).toEqual(['action.rejected'])
  }
  return receipt.code
}

describe('a certificate put together elsewhere', () => {
  it('takes effect at once', async () => {
    const found = await certifiable()
    const { world, id, statement } = found
    expect(await bring(found, world.certificate(statement))).toBe(null)
    expect(world.proposal(id)).toMatchObject({ state: 'applied', apply_height: world.kernel.height() })
    expect(world.manifest().version).toBe(2)
  })

  it('waits for the timelock like any other', async () => {
    const found = await certifiable({ timelock_blocks: 5 })
    const { world, id, statement } = found
    expect(await bring(found, world.certificate(statement))).toBe(null)
    expect(world.proposal(id)).toMatchObject({ state: 'queued', apply_height: world.kernel.height() + 5 })
    expect(await bring(found, world.certificate(statement))).toBe('TIMELOCKED')
    world.advanceTo(world.proposal(id).apply_height!)
    expect(world.proposal(id).state).toBe('applied')
  })

  it('may be one signature of the group, where the world has its key', async () => {
    const aggregate = (statement: GovernanceStatement, by: string): GovernanceFinalityCertificate => ({ ...statement, scheme: 'frost', aggregate: signerOf(by).signSync(governanceCertificatePayload(statement)) })
    const found = await certifiable({ group_key: signerOf('group').publicKey })
    expect(await bring(found, aggregate(found.statement, 's2'))).toBe('CERTIFICATE_BAD_SIGNATURE')
    expect(await bring(found, aggregate(found.statement, 'group'))).toBe(null)
    expect(found.world.proposal(found.id).state).toBe('applied')
    const without = await certifiable()
    expect(await bring(without, aggregate(without.statement, 'group'))).toBe('CERTIFICATE_NO_GROUP_KEY')
  })

  it('is refused when it is of another world, proposal, report, height, block, epoch, set of signers, or threshold', async () => {
    const found = await certifiable({ threshold: 3 })
    const { world, statement } = found
    const other = new GovernedWorld({ threshold: 3 }, { name: 'demo-other' })
    const elsewhere = await other.proposeAndShadow({ patch: PATCH })
    const cheats: readonly (readonly [string, Partial<GovernanceStatement>])[] = [
      ['CERTIFICATE_OTHER_WORLD', { world_id: other.kernel.worldId }],
      ['CERTIFICATE_OTHER_WORLD', other.statement(elsewhere)],
      ['CERTIFICATE_OTHER_PROPOSAL', { proposal_id: 'a'.repeat(64) }],
      ['CERTIFICATE_WRONG_HEIGHT', { consensus_height: statement.consensus_height - 1 }],
      ['CERTIFICATE_WRONG_HEIGHT', { consensus_height: statement.consensus_height + 1 }],
      ['CERTIFICATE_WRONG_HEIGHT', { consensus_height: 1_000_000 }],
      ['CERTIFICATE_WRONG_BLOCK', { block_hash: 'e'.repeat(64) }],
      ['CERTIFICATE_OTHER_REPORT', { report_hash: 'b'.repeat(64) }],
      ['CERTIFICATE_OTHER_MANIFEST', { manifest_hash: 'c'.repeat(64) }],
      ['CERTIFICATE_WRONG_EPOCH', { epoch_id: 1 }],
      ['CERTIFICATE_WRONG_SIGNERS', { signer_set_hash: 'd'.repeat(64) }],
      ['CERTIFICATE_WRONG_THRESHOLD', { required_signers: 2 }],
      ['CERTIFICATE_WRONG_EXPIRY', { expires_height: statement.expires_height + 1_000 }],
    ]
    for (const [code, change] of cheats) expect([code, await bring(found, world.certificate({ ...statement, ...change }, ['s1', 's2', 's3']))]).toEqual([code, code])
  })

  it('is refused when signatures do not add up', async () => {
    const found = await certifiable()
    const { world, statement } = found
    const [s1, s2] = ['s1', 's2'].map((signer_id) => ({ signer_id, signature: world.share(signer_id, statement) })) as [{ signer_id: string; signature: Uint8Array }, { signer_id: string; signature: Uint8Array }]
    const outsider = { signer_id: 'outsider', signature: world.share('outsider', statement) }
    const attempts: readonly (readonly [string, Parameters<typeof assembleCertificate>[1]])[] = [
      ['CERTIFICATE_BELOW_THRESHOLD', []],
      ['CERTIFICATE_BELOW_THRESHOLD', [s1]],
      ['CERTIFICATE_SIGNER_TWICE', [s1, s1]],
      ['CERTIFICATE_SIGNER_TWICE', [s1, { ...s2, signer_id: 's1' }, s2]],
      ['CERTIFICATE_UNKNOWN_SIGNER', [s1, s2, outsider]],
      ['CERTIFICATE_UNKNOWN_SIGNER', [s1, { signer_id: 'g1', signature: world.share('g1', statement) }]],
      ['CERTIFICATE_BAD_SIGNATURE', [s1, { ...s2, signature: outsider.signature }]],
      ['CERTIFICATE_BAD_SIGNATURE', [s1, { ...s2, signature: new Uint8Array(64) }]],
      // What verifies under a key of small order, if one checks nothing: R = the neutral element, S = 0.
      ['CERTIFICATE_BAD_SIGNATURE', [s1, { ...s2, signature: Uint8Array.from({ length: 64 }, (_, index) => (index === 0 ? 1 : 0)) }]],
      ['CERTIFICATE_BAD_SIGNATURE', [s1, { ...s2, signature: signerOf('s2').signSync(utf8Bytes('something else')) }]],
    ]
    for (const [code, shares] of attempts) expect([code, await bring(found, assembleCertificate(statement, shares))]).toEqual([code, code])
  })

  it('is refused after the proposal was applied, and after it expired', async () => {
    const found = await certifiable({ proposal_ttl_blocks: 12 })
    const { world, id, statement } = found
    const certificate = world.certificate(statement)
    expect(await bring(found, certificate)).toBe(null)
    expect(await bring(found, certificate)).toBe('PROPOSAL_CLOSED')

    const late = await certifiable({ proposal_ttl_blocks: 12 })
    late.world.advanceTo(late.statement.expires_height)
    expect((await late.world.applyWith(late.id, late.world.certificate(late.statement))).receipt.code).toBe('PROPOSAL_TOO_LATE')
    expect(late.world.proposal(late.id).state).toBe('expired')
    expect(world.proposal(id).state).toBe('applied')
  })

  it('is refused when another proposal has changed the manifest since', async () => {
    const world = new GovernedWorld()
    const [first, second] = [await world.propose({ patch: PATCH }), await world.propose({ patch: [{ op: 'set', path: ['governance', 'timelock_blocks'], value: 1 }] })]
    world.block()
    const certificate = world.certificate(world.statement(second))
    const both = world.block([
      await world.sign(ann, { kind: 'apply_proposal', proposal_id: first, certificate: world.certificate(world.statement(first)) as never }),
      await world.sign(official('s2'), { kind: 'apply_proposal', proposal_id: second, certificate: certificate as never }),
    ])
    expect(both.events.filter(({ kind }) => kind.startsWith('governance.app')).map(({ kind, payload }) => [kind, payload['proposal_id']])).toEqual([
      ['governance.approved', first], ['governance.approved', second], ['governance.applied', first], ['governance.apply_failed', second],
    ])
    expect(both.events.at(-1)!.payload['code']).toBe('PATCH_BASE_MISMATCH')
    expect(world.manifest().governance).toMatchObject({ shadow_blocks: 3, timelock_blocks: 0 })
    expect((await world.applyWith(second, certificate)).receipt.code).toBe('PATCH_BASE_MISMATCH')
  })

  it('is refused before shadow is done and its block is known', async () => {
    const found = await certifiable()
    const { world, statement } = found
    const early = await world.propose({ patch: PATCH, salt: 'early' })
    expect(world.proposal(early).shadow!.block_hash).toBe(null)
    expect((await world.applyWith(early, world.certificate({ ...statement, proposal_id: early }))).receipt.code).toBe('SHADOW_PENDING')
    expect(world.proposal(early).state).toBe('shadowed')
  })
})

describe('an approval', () => {
  it('is a share of the certificate, and counts once', async () => {
    const { world, id } = await certifiable()
    expect((await world.approve(id, 's2', { expires_height: 1_000_000 })).receipt.code).toBe('BAD_SHARE')
    const first = await world.approve(id, 's2')
    expect(first.events.map(({ kind }) => kind)).toEqual(['governance.approved_by'])
    expect((await world.approve(id, 's2')).receipt.code).toBe('VOTED_ALREADY')
    expect((await world.act(ann, { kind: 'approve_proposal', proposal_id: id, signature: world.share('s3', world.statement(id)) })).receipt.code).toBe('NOT_ALLOWED')
    expect((await world.approve(id, 'g1')).receipt.code).toBe('NOT_GOVERNANCE_SIGNER')
    expect((await world.approve(id, 's1')).receipt.code).toBe('OWN_PROPOSAL')
    const last = await world.approve(id, 's3')
    expect(last.events.map(({ kind }) => kind)).toEqual(['governance.approved_by', 'governance.approved', 'governance.queued'])
    expect(last.events[1]!.payload['certificate']).toEqual(world.certificate(world.statement(id)))
    world.block()
    expect(world.proposal(id).state).toBe('applied')
    expect((await world.act(official('s3'), { kind: 'reject_proposal', proposal_id: id, reason: '' })).receipt.code).toBe('PROPOSAL_CLOSED')
  })

  it('of an author counts where the world says so', async () => {
    const { world, id } = await certifiable({ authors_may_approve: true })
    expect((await world.approve(id, 's1')).receipt.code).toBe(null)
  })

  it('comes too late when the effect would', async () => {
    const { world, id, statement } = await certifiable({ proposal_ttl_blocks: 12, timelock_blocks: 3 })
    world.advanceTo(statement.expires_height - 3)
    expect((await world.approve(id, 's2')).receipt.code).toBe('PROPOSAL_TOO_LATE')
  })
})

describe('a veto', () => {
  it('of enough guardians stops a queued proposal', async () => {
    const { world, id } = await certifiable({ timelock_blocks: 10 })
    await world.approve(id, 's2')
    await world.approve(id, 's3')
    expect((await world.veto(id, 'g1', `demo-other.${'a'.repeat(64)}`)).receipt.code).toBe('BAD_VETO')
    expect((await world.veto(id, 's2')).receipt.code).toBe('NOT_GUARDIAN')
    expect((await world.veto(id, 'g1')).events.map(({ kind }) => kind)).toEqual(['governance.vetoed_by'])
    expect((await world.veto(id, 'g1')).receipt.code).toBe('VETOED_ALREADY')
    const { events } = await world.veto(id, 'g2')
    expect(events.map(({ kind }) => kind)).toEqual(['governance.vetoed_by', 'governance.vetoed'])
    expect(events[1]!.payload).toMatchObject({ guardians: ['g1', 'g2'] })
    expect(world.proposal(id).state).toBe('rejected')
    world.advanceTo(world.proposal(id).apply_height! + 1)
    expect(world.manifest().version).toBe(1)
  })
})
