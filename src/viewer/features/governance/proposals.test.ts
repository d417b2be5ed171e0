import { describe, expect, it } from 'vitest'
import { agentIdOf } from '../../../codec/index.ts'
import type { Value } from '../../../codec/index.ts'
import { GovernedWorld, official } from '../../../world/governance/testing/governed-world.ts'
import { MOVE, oldMove } from '../../../world/governance/testing/doubled-move.ts'
import { signerOf } from '../../../world/testing/test-world.ts'
import { manifestHash, signerActor } from '../../../world/index.ts'
import { checkNext } from './checks.ts'
import { nextManifest, recordKeysOf } from './next-manifest.ts'
import type { Records } from './next-manifest.ts'
import { actorsOf } from './own-keys.ts'
import { blocksLeft, contentOf, isOpen, needs, phaseOf } from './proposals.ts'
import { readOutcome, readProposal } from './reading.ts'

const ttl = (value: number) => ({ patch: [{ op: 'set' as const, path: ['governance', 'proposal_ttl_blocks'], value }] })
const phase = (world: GovernedWorld, id: string): string => phaseOf(world.proposal(id), world.manifest())

describe('where a proposal stands', () => {
  it('is told for each way it can go', async () => {
    const world = new GovernedWorld({ guardian_threshold: 1 })
    const id = await world.propose(ttl(90))
    expect(phase(world, id)).toBe('anchoring')
    world.block()
    expect([phase(world, id), blocksLeft(world.proposal(id), world.kernel.height())]).toEqual(['signing', 59])
    const others = [await world.proposeAndShadow({ ...ttl(91), salt: 'b' }, official('s2')), await world.proposeAndShadow({ ...ttl(92), salt: 'c' }, official('s3'))] as const
    await world.passes(id)
    expect(phase(world, id)).toBe('applied')
    world.block()
    expect([phase(world, others[0]), blocksLeft(world.proposal(others[0]), 1), isOpen(world.proposal(others[0]))]).toEqual(['superseded', 0, false])

    const late = await world.proposeAndShadow({ ...ttl(70), salt: 'd' })
    world.advanceTo(world.proposal(late).expires_height + 1)
    expect(phase(world, late)).toBe('late')
  })

  it('tells a rejected proposal from a withdrawn and a stopped one', async () => {
    const world = new GovernedWorld({ guardian_threshold: 1 })
    const reject = (id: string, name: string) => world.act(official(name), { kind: 'reject_proposal', proposal_id: id, reason: '' })
    const [voted, withdrawn, stopped] = [await world.propose(ttl(90)), await world.propose({ ...ttl(91), salt: 'b' }, official('s2')), await world.propose({ ...ttl(92), salt: 'c' }, official('s3'))]
    await reject(voted!, 's2')
    await reject(voted!, 's3')
    await reject(withdrawn!, 's2')
    await world.veto(stopped!, 'g1')
    expect([voted!, withdrawn!, stopped!].map((id) => phase(world, id))).toEqual(['rejected', 'withdrawn', 'vetoed'])
  })

  it('asks only signers who have not voted and may', async () => {
    const world = new GovernedWorld()
    const id = await world.proposeAndShadow(ttl(90))
    const asked = (name: string): boolean => needs({ id, record: world.proposal(id) }, world.manifest(), [signerActor(name)])
    expect(['s1', 's2', 's3', 'g1'].map(asked)).toEqual([false, true, true, false])
    await world.approve(id, 's2')
    expect(['s2', 's3'].map(asked)).toEqual([false, true])
  })
})

describe('what it makes of the manifest', () => {
  /** The records the page would fetch. */
  const recordsFor = (world: GovernedWorld, id: string): Records => new Map(recordKeysOf(world.proposal(id)).map((key) => [key, world.read(key) as Value]))

  it('is what the kernel says, for versions on record and for checkpoints', async () => {
    const world = new GovernedWorld({ checkpoint_blocks: 10 })
    world.advanceTo(11)
    const off = await world.proposeAndShadow({ changes: { deactivate: [{ module_id: MOVE, reason: 'a rest' }] } })
    await world.passes(off)
    const on = await world.proposeAndShadow({ changes: { activate: [{ module_id: MOVE, version: oldMove.version }] } })
    const [checkpoint] = world.read('checkpoints') as readonly [{ readonly height: number; readonly state_root: string }]
    const back = await world.proposeAndShadow({ rollback: checkpoint, salt: 'back' }, official('s2'))
    for (const id of [on, back]) {
      expect(recordKeysOf(world.proposal(id)).length).toBeGreaterThan(0)
      expect(checkNext(world.proposal(id), world.manifest(), recordsFor(world, id)).state).toBe('pass')
      const next = nextManifest(world.manifest(), contentOf(world.proposal(id)), recordsFor(world, id))
      expect(next).toMatchObject({ modules: { [MOVE]: { version: oldMove.version } } })
    }
  })
})

describe('a proposal in words', () => {
  it('comes from its content, with the dangers of what signers agree to', async () => {
    const world = new GovernedWorld()
    const id = await world.proposeAndShadow({ ...ttl(90), title: 'Nothing much' })
    const [record, manifest] = [world.proposal(id), world.manifest()]
    expect(readProposal(world.kernel.worldId, record, manifest).sentence.text).toBe('signer/s1 proposes to set governance.proposal_ttl_blocks.')
    const next = nextManifest(manifest, contentOf(record), new Map())
    if ('code' in next) throw new Error(next.code)
    const outcome = readOutcome(world.kernel.worldId, id, record, manifest, world.report(id), next)!
    expect(outcome.dangers.map(({ code }) => code)).toEqual(expect.arrayContaining(['no_delay']))
    expect(outcome.note!.title).toBe('Nothing much')
    expect(manifestHash(next)).toBe(record.shadow!.manifest_hash)
    expect(readOutcome(world.kernel.worldId, id, { ...record, shadow: null }, manifest, world.report(id), next)).toBe(null)
  })
})

it('keys here act as the signers, guardians and agents whose keys they are', () => {
  const { manifest } = { manifest: new GovernedWorld().manifest() }
  const keys = [signerOf('s1'), signerOf('g2'), signerOf('ann')].map(({ publicKey }) => ({ public_key: publicKey }))
  expect(actorsOf(keys, manifest)).toEqual(['signer/s1', 'signer/g2', ...keys.map(({ public_key }) => agentIdOf(public_key))])
  expect(actorsOf([], manifest)).toEqual([])
})
