import { describe, expect, it } from 'vitest'
import { fromHex, governanceCertificatePayload, utf8Bytes } from '../../codec/index.ts'
import type { GovernanceFinalityCertificate, GovernanceShare, GovernanceStatement, Value } from '../../codec/index.ts'
import type { StateReader } from '../state/state.ts'
import { signerOf } from '../testing/test-world.ts'
import { assembleCertificate, whyBadCertificate } from './certificate.ts'
import type { GovernanceConfig } from './config.ts'
import { MANIFEST_KEY } from './keys.ts'
import { ann, GovernedWorld, official } from './testing/governed-world.ts'

const PATCH = [{ op: 'set', path: ['governance', 'shadow_blocks'], value: 3 }] as const

async function certifiable(governance: Partial<GovernanceConfig> = {}): Promise<{ world: GovernedWorld; id: string; statement: GovernanceStatement }> {
  const world = new GovernedWorld(governance, { modules: [] })
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

  it('is refused before shadow is done and its block is known', async () => {
    const found = await certifiable()
    const { world, statement } = found
    const early = await world.propose({ patch: PATCH, salt: 'early' })
    expect(world.proposal(early).shadow!.block_hash).toBe(null)
    expect((await world.applyWith(early, world.certificate({ ...statement, proposal_id: early }))).receipt.code).toBe('SHADOW_PENDING')
    expect(world.proposal(early).state).toBe('shadowed')
  })
})

type Found = Awaited<ReturnType<typeof certifiable>>
const shareOf = ({ world, statement }: Found, signer_id: string): GovernanceShare => ({ signer_id, signature: world.share(signer_id, statement) })

describe('who cheats with', () => {
  /** A certificate that all signers signed, had they been asked to sign that. */
  const saying = (change: (found: Found) => Partial<GovernanceStatement> | Promise<Partial<GovernanceStatement>>) => async (found: Found): Promise<GovernanceFinalityCertificate> => (
    found.world.certificate({ ...found.statement, ...await change(found) }, ['s2', 's3'])
  )
  const signedBy = (shares: (found: Found) => readonly GovernanceShare[]) => (found: Found): GovernanceFinalityCertificate => assembleCertificate(found.statement, shares(found))
  // Verifies under a key of small order where nobody looks: R is the neutral element and S is 0.
  const trivial = Uint8Array.from({ length: 64 }, (_, index) => (index === 0 ? 1 : 0))
  const others = async (): Promise<GovernanceStatement> => {
    const other = new GovernedWorld({}, { name: 'demo-other' })
    return other.statement(await other.proposeAndShadow({ patch: PATCH }))
  }
  const cheats: readonly (readonly [what: string, code: string, certificate: (found: Found) => GovernanceFinalityCertificate | Promise<GovernanceFinalityCertificate>])[] = [
    ["another world's certificate", 'CERTIFICATE_OTHER_WORLD', saying(others)],
    ['the id of another world', 'CERTIFICATE_OTHER_WORLD', saying(async () => ({ world_id: (await others()).world_id }))],
    ["another proposal's certificate", 'CERTIFICATE_OTHER_PROPOSAL', saying(async ({ world }) => world.statement(await world.proposeAndShadow({ patch: PATCH, salt: 'another' })))],
    ['a stale height', 'CERTIFICATE_WRONG_HEIGHT', saying(({ statement }) => ({ consensus_height: statement.consensus_height - 1 }))],
    ['a later height', 'CERTIFICATE_WRONG_HEIGHT', saying(({ statement }) => ({ consensus_height: statement.consensus_height + 1 }))],
    ['a future height', 'CERTIFICATE_WRONG_HEIGHT', saying(() => ({ consensus_height: 1_000_000 }))],
    ['the hash of a forked block', 'CERTIFICATE_WRONG_BLOCK', saying(() => ({ block_hash: 'e'.repeat(64) }))],
    ['another report', 'CERTIFICATE_OTHER_REPORT', saying(() => ({ report_hash: 'b'.repeat(64) }))],
    ['another manifest', 'CERTIFICATE_OTHER_MANIFEST', saying(() => ({ manifest_hash: 'c'.repeat(64) }))],
    ['another epoch of signers', 'CERTIFICATE_WRONG_EPOCH', saying(() => ({ epoch_id: 1 }))],
    ['another set of signers', 'CERTIFICATE_WRONG_SIGNERS', saying(() => ({ signer_set_hash: 'd'.repeat(64) }))],
    ['a threshold lowered in the certificate', 'CERTIFICATE_WRONG_THRESHOLD', saying(() => ({ required_signers: 2 }))],
    ['an expiry put off', 'CERTIFICATE_WRONG_EXPIRY', saying(({ statement }) => ({ expires_height: statement.expires_height + 1_000 }))],
    ['no signature', 'CERTIFICATE_BELOW_THRESHOLD', signedBy(() => [])],
    ['too few signatures', 'CERTIFICATE_BELOW_THRESHOLD', signedBy((found) => [shareOf(found, 's2'), shareOf(found, 's3')])],
    ['a signer twice', 'CERTIFICATE_SIGNER_TWICE', signedBy((found) => [shareOf(found, 's2'), shareOf(found, 's2'), shareOf(found, 's3')])],
    ['a signer twice, once with the signature of another', 'CERTIFICATE_SIGNER_TWICE', signedBy((found) => [shareOf(found, 's2'), { ...shareOf(found, 's3'), signer_id: 's2' }, shareOf(found, 's3')])],
    ['a signer not in the set', 'CERTIFICATE_UNKNOWN_SIGNER', signedBy((found) => [shareOf(found, 's2'), shareOf(found, 's3'), shareOf(found, 'outsider')])],
    ['a guardian in place of a signer', 'CERTIFICATE_UNKNOWN_SIGNER', signedBy((found) => [shareOf(found, 's2'), shareOf(found, 's3'), shareOf(found, 'g1')])],
    ['the signature of somebody else', 'CERTIFICATE_BAD_SIGNATURE', signedBy((found) => [shareOf(found, 's2'), shareOf(found, 's3'), { ...shareOf(found, 'outsider'), signer_id: 's4' }])],
    ['a signature of nothing', 'CERTIFICATE_BAD_SIGNATURE', signedBy((found) => [shareOf(found, 's2'), shareOf(found, 's3'), { signer_id: 's4', signature: new Uint8Array(64) }])],
    ['a signature of something else', 'CERTIFICATE_BAD_SIGNATURE', signedBy((found) => [shareOf(found, 's2'), shareOf(found, 's3'), { signer_id: 's4', signature: signerOf('s4').signSync(utf8Bytes('something else')) }])],
    ['a signature by a small-order key', 'CERTIFICATE_BAD_SIGNATURE', signedBy((found) => [shareOf(found, 's2'), shareOf(found, 's3'), { signer_id: 's4', signature: trivial }])],
  ]
  const four = ['s1', 's2', 's3', 's4'].map((signer_id) => ({ signer_id, public_key: signerOf(signer_id).publicKey }))
  for (const [what, code, certificate] of cheats) {
    it(`${what} is refused`, async () => {
      const found = await certifiable({ signers: four, threshold: 3 })
      expect(await bring(found, await certificate(found))).toBe(code)
    })
  }

  it('a small-order key as that of a signer is refused, wherever it is', async () => {
    // Of order 1, 2 and 4.
    const keys = ['01' + '00'.repeat(31), 'ec' + 'ff'.repeat(30) + '7f', '00'.repeat(32)].map(fromHex)
    for (const public_key of keys) {
      const signers = four.map((signer, index) => (index === 3 ? { ...signer, public_key } : signer))
      expect(() => new GovernedWorld({ signers })).toThrowError(expect.objectContaining({ code: 'GENESIS_INVALID' }))
      const world = new GovernedWorld()
      const { receipt } = await world.act(official('s1'), world.proposalAction({ patch: [{ op: 'set', path: ['governance', 'signers'], value: signers as unknown as Value }] }))
      expect(receipt.code).toBe('MANIFEST_INVALID')
      // Even if one were in the state, nothing would verify under it.
      const { statement } = await certifiable()
      const manifest = world.manifest()
      const state: StateReader = { get: (key) => (key === MANIFEST_KEY ? { ...manifest, governance: { ...manifest.governance, signers, threshold: 2 } } as unknown as Value : world.read(key) as Value) }
      const shares = [{ signer_id: 's2', signature: world.share('s2', statement) }, { signer_id: 's4', signature: trivial }]
      expect(whyBadCertificate(state, 1, assembleCertificate(statement, shares), statement)).toBe('CERTIFICATE_BAD_SIGNATURE')
    }
  })

  it('a replay after apply is refused', async () => {
    const found = await certifiable()
    const certificate = found.world.certificate(found.statement)
    expect(await bring(found, certificate)).toBe(null)
    expect(await bring(found, certificate)).toBe('PROPOSAL_CLOSED')
    expect(found.world.manifest().version).toBe(2)
  })

  it('a certificate that has expired is refused', async () => {
    const late = await certifiable({ proposal_ttl_blocks: 12 })
    const { world, id, statement } = late
    world.advanceTo(statement.expires_height)
    expect((await world.applyWith(id, world.certificate(statement))).receipt.code).toBe('PROPOSAL_TOO_LATE')
    expect(world.proposal(id).state).toBe('expired')
    expect(whyBadCertificate({ get: (key) => world.read(key) as Value }, statement.expires_height + 1, world.certificate(statement), statement)).toBe('CERTIFICATE_EXPIRED')
  })

  it('a base manifest that moved since is refused', async () => {
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
