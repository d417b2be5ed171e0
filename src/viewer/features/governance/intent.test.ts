import { describe, expect, it } from 'vitest'
import { governanceVetoPayload, toConsensusAction } from '../../../codec/index.ts'
import { parseIntent } from '../../../vault/index.ts'
import type { Intent } from '../../../vault/index.ts'
import { signIntent } from '../../../vault/sign-intent.ts'
import { ann, GovernedWorld, GUARDIANS, NO_CHANGES, saltOf, SIGNERS } from '../../../world/governance/testing/governed-world.ts'
import { doubledMove, MOVE, oldMove } from '../../../world/governance/testing/doubled-move.ts'
import { signerOf } from '../../../world/testing/test-world.ts'
import { governanceSignerKey, isBadManifest, manifestHash, signerIdOf } from '../../../world/index.ts'
import type { ProposalContent, Receipt, WorldManifest } from '../../../world/index.ts'
import { applyIntent, approveIntent, proposeIntent, rejectIntent, statementOf, vetoIntent } from './intent.ts'
import type { Frame, Outcome } from './intent.ts'
import { MOVES, refusalOf } from './moves.ts'
import type { Move } from './moves.ts'
import { nextManifest } from './next-manifest.ts'
import { contentOf, phaseOf } from './proposals.ts'

const TTL = { ops: [{ op: 'set' as const, path: ['governance', 'proposal_ttl_blocks'], value: 90 }] }

/** Everything a page would read of a world, taken straight from its kernel. */
function frameOf(world: GovernedWorld, actor: string): Frame {
  const name = signerIdOf(actor)
  const record = world.read(name === null ? actor : governanceSignerKey(name)) as { nonce: number } | null
  return { world_id: world.kernel.worldId, actor, nonce: (record?.nonce ?? 0) + 1, valid_until_height: world.kernel.height() + 20 }
}

function outcomeOf(world: GovernedWorld, proposal_id: string): Outcome {
  const record = world.proposal(proposal_id)
  const manifest = world.manifest()
  const next = nextManifest(manifest, contentOf(record), new Map())
  if (isBadManifest(next)) throw new Error(next.code)
  return { proposal_id, record, manifest, report: world.report(proposal_id), next }
}

/** As the vault does it: the intent is read through its schema, checked, signed, and the envelope executed. */
async function submit(world: GovernedWorld, intent: Intent | null): Promise<Receipt> {
  const parsed = parseIntent(intent)
  const signer = signerOf(signerIdOf(parsed.actor) ?? 'ann')
  const { envelope } = await signIntent(parsed, { publicKey: signer.publicKey, sign: (payload) => Promise.resolve(signer.signSync(payload)) })
  return world.block([toConsensusAction(envelope)]).receipts[0]!
}

function contentBy(author: string, manifest: WorldManifest, change: Partial<ProposalContent> = {}): ProposalContent {
  return {
    author, title: 'More time', description: 'Ninety blocks.', base_manifest_hash: manifestHash(manifest), patch: TTL.ops, manifest: null, rollback: null,
    module_changes: NO_CHANGES, salt: saltOf('salt'), ...change,
  }
}

async function proposed(world: GovernedWorld, author = 'signer/s1', change: Partial<ProposalContent> = {}): Promise<string> {
  const intent = proposeIntent(frameOf(world, author), contentBy(author, world.manifest(), change), world.manifest())
  expect((await submit(world, intent)).code).toBe(null)
  return intent.proposal_id
}

/** A proposal that can be signed. */
async function signable(world: GovernedWorld, author?: string, change?: Partial<ProposalContent>): Promise<string> {
  const id = await proposed(world, author, change)
  while (world.proposal(id).shadow?.block_hash == null) world.block()
  return id
}

describe('intents made from records', () => {
  it('take a change of a setting from proposal to effect in a real kernel', async () => {
    const world = new GovernedWorld()
    const id = await signable(world)
    expect(outcomeOf(world, id).next.governance.proposal_ttl_blocks).toBe(90)
    expect(manifestHash(outcomeOf(world, id).next)).toBe(world.proposal(id).shadow!.manifest_hash)
    for (const name of ['s2', 's3']) expect((await submit(world, approveIntent(frameOf(world, `signer/${name}`), outcomeOf(world, id)))).code).toBe(null)
    world.advanceTo(world.proposal(id).apply_height!)
    expect(phaseOf(world.proposal(id), world.manifest())).toBe('applied')
    expect(world.manifest()).toMatchObject({ version: 2, governance: { proposal_ttl_blocks: 90 } })
  })

  it('approve the upgrade of a module', async () => {
    const world = new GovernedWorld()
    const doubled = await doubledMove()
    await world.deploy(doubled.wasm)
    const upgrade = [{ module_id: MOVE, from_version: oldMove.version, to_version: '1.1.0', wasm_hash: doubled.manifest.wasm_hash, manifest: doubled.manifest }]
    const id = await signable(world, 'signer/s1', { patch: null, module_changes: { ...NO_CHANGES, upgrade } })
    for (const name of ['s2', 's3']) expect((await submit(world, approveIntent(frameOf(world, `signer/${name}`), outcomeOf(world, id)))).code).toBe(null)
    world.advanceTo(world.proposal(id).apply_height!)
    expect(world.manifest().modules[MOVE]!.version).toBe('1.1.0')
  })

  it('sign the statement that follows from the state, and none before it does', async () => {
    const world = new GovernedWorld()
    const id = await proposed(world)
    const early = { proposal_id: id, record: world.proposal(id), manifest: world.manifest() }
    expect(statementOf(world.kernel.worldId, early)).toBe(null)
    while (world.proposal(id).shadow?.block_hash == null) world.block()
    expect(statementOf(world.kernel.worldId, outcomeOf(world, id))).toEqual(world.statement(id))
  })

  it('reject, withdraw and veto', async () => {
    const world = new GovernedWorld()
    const id = await signable(world)
    expect((await submit(world, rejectIntent(frameOf(world, 'signer/s2'), outcomeOf(world, id), 'Too long'))).code).toBe(null)
    expect(world.proposal(id).rejections).toEqual([{ signer_id: 's2', reason: 'Too long' }])
    expect((await submit(world, rejectIntent(frameOf(world, 'signer/s1'), outcomeOf(world, id), 'Taken back'))).code).toBe(null)
    expect(phaseOf(world.proposal(id), world.manifest())).toBe('withdrawn')

    const next = await signable(world, 'signer/s1', { salt: saltOf('another') })
    for (const name of GUARDIANS) expect((await submit(world, vetoIntent(frameOf(world, `signer/${name}`), outcomeOf(world, next)))).code).toBe(null)
    expect(phaseOf(world.proposal(next), world.manifest())).toBe('vetoed')
  })

  it('bring a certificate that could not be carried out once more, from an agent too', async () => {
    const world = new GovernedWorld({ timelock_blocks: 4 })
    const id = await signable(world)
    for (const name of ['s2', 's3']) await submit(world, approveIntent(frameOf(world, `signer/${name}`), outcomeOf(world, id)))
    expect(world.proposal(id).certificate).not.toBe(null)
    expect((await submit(world, applyIntent(frameOf(world, ann.id), outcomeOf(world, id)))).code).toBe('TIMELOCKED')
  })

  it('of a report that is not the one of the state do not get a signature', async () => {
    const world = new GovernedWorld()
    const id = await signable(world)
    const outcome = outcomeOf(world, id)
    const tampered = { ...outcome, report: { ...outcome.report, checked_at: outcome.report.checked_at + 1 } }
    await expect(submit(world, approveIntent(frameOf(world, 'signer/s2'), tampered))).rejects.toThrowError(expect.objectContaining({ code: 'INTENT_MISMATCH' }))
    const renamed = { ...outcome, record: { ...outcome.record, title: 'Something harmless' } }
    await expect(submit(world, approveIntent(frameOf(world, 'signer/s2'), renamed))).rejects.toThrowError(expect.objectContaining({ code: 'INTENT_MISMATCH' }))
  })
})

/** What the kernel would say to each move, on a world of its own. */
async function verdict(world: GovernedWorld, id: string, move: Move, actor: string): Promise<string | null> {
  const frame = frameOf(world, actor)
  const name = signerIdOf(actor)
  const { worldId } = world.kernel
  const actions = {
    approve: () => ({ kind: 'approve_proposal', proposal_id: id, signature: world.proposal(id).shadow?.block_hash == null ? new Uint8Array(64) : world.share(name ?? 'ann', world.statement(id)) }),
    reject: () => ({ kind: 'reject_proposal', proposal_id: id, reason: '' }),
    withdraw: () => ({ kind: 'reject_proposal', proposal_id: id, reason: '' }),
    veto: () => ({ kind: 'veto_proposal', proposal_id: id, signature: signerOf(name ?? 'ann').signSync(governanceVetoPayload(worldId, id)) }),
    apply: () => ({ kind: 'apply_proposal', proposal_id: id, certificate: (applyIntent(frame, outcomeOf(world, id)) as unknown as { certificate: object }).certificate }),
  }
  const action = await world.sign({ id: actor, signer: signerOf(name ?? 'ann') }, actions[move]() as never)
  const result = world.kernel.executeBlock(world.context(), [action])
  world.kernel.rollback()
  return result.receipts[0]!.code
}

describe('who may do what', () => {
  const ACTORS = [...SIGNERS, ...GUARDIANS].map((name) => `signer/${name}`)
  const STAGES: Readonly<Record<string, (world: GovernedWorld) => Promise<string>>> = {
    'shadow is running': (world) => proposed(world),
    'it can be signed': (world) => signable(world),
    'one approved': async (world) => {
      const id = await signable(world)
      await world.approve(id, 's2')
      return id
    },
    'it is queued': async (world) => {
      const id = await signable(world)
      for (const name of ['s2', 's3']) await world.approve(id, name)
      return id
    },
    'one rejected, one guardian vetoed': async (world) => {
      const id = await signable(world)
      await submit(world, rejectIntent(frameOf(world, 'signer/s3'), outcomeOf(world, id), ''))
      await world.veto(id, 'g1')
      return id
    },
    'it is withdrawn': async (world) => {
      const id = await signable(world)
      await submit(world, rejectIntent(frameOf(world, 'signer/s1'), outcomeOf(world, id), ''))
      return id
    },
    'its time is almost over': async (world) => {
      const id = await signable(world)
      world.advanceTo(world.proposal(id).expires_height - 2)
      return id
    },
  }

  it.each(Object.keys(STAGES))('is what the kernel says when %s', async (stage) => {
    const world = new GovernedWorld({ timelock_blocks: 3 })
    const id = await STAGES[stage]!(world)
    const standing = { record: world.proposal(id), manifest: world.manifest(), manifestHash: manifestHash(world.manifest()), height: world.kernel.height() + 1 }
    for (const actor of ACTORS) {
      for (const move of MOVES) {
        if (move === 'apply' && standing.record.shadow?.block_hash == null) continue
        if (move === 'withdraw' && standing.record.author !== actor) continue
        expect([actor, move, refusalOf(move, standing, actor)]).toEqual([actor, move, await verdict(world, id, move, actor)])
      }
    }
  })
})
