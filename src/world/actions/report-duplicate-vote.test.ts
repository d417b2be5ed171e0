import { describe, expect, it } from 'vitest'
import { votePayload } from '../../codec/index.ts'
import type { ValueMap, Vote } from '../../codec/index.ts'
import { validatorSetHash } from '../../codec/index.ts'
import { inhabitant, signerOf, testGenesis, TestWorld } from '../testing/test-world.ts'

const ann = inhabitant('ann')

function vote(world: TestWorld, validator_id: string, block: number | null, change: Partial<Vote> = {}, signer = validator_id): Vote {
  const unsigned = {
    world_id: world.kernel.worldId, type: 'precommit' as const, height: 1, round: 0,
    block_hash: block === null ? null : new Uint8Array(32).fill(block), validator_id, ...change,
  }
  return { ...unsigned, signature: signerOf(signer).signSync(votePayload(unsigned)) }
}

const report = (first: Vote, second: Vote): ValueMap => ({ kind: 'report_duplicate_vote', evidence: { first, second } as unknown as ValueMap })
const stakes = (world: TestWorld): number[] => world.kernel.validators().map(({ stake }) => stake)

describe('report_duplicate_vote', () => {
  it('slashes the validator from the next epoch on, whoever reports it', async () => {
    for (const reporter of [ann, { id: 'validator/v1', signer: signerOf('v1') }]) {
      const world = new TestWorld(testGenesis({ params: { epoch_blocks: 5 } }))
      const { receipt, events } = await world.act(reporter, report(vote(world, 'v2', 1), vote(world, 'v2', 2)))
      expect(receipt.status).toBe('applied')
      expect(events).toMatchObject([{ kind: 'validator.slashed', payload: { actor: reporter.id, validator_id: 'v2', height: 1, stake_before: 100, stake_after: 90 } }])
      expect(world.read('validator/v2')).toMatchObject({ slashed_heights: [1] })
      expect(world.read(reporter.id)).toMatchObject({ nonce: 1 })
      world.advanceTo(4)
      expect(stakes(world)).toEqual([100, 100, 100, 100])
      const boundary = world.block()
      expect(boundary.events).toMatchObject([{ kind: 'validator_set.changed', caused_by: 'block' }])
      expect(stakes(world)).toEqual([100, 90, 100, 100])
      expect(boundary.next_validators).toEqual(world.kernel.validators())
      expect(boundary.next_validators_hash).toEqual(validatorSetHash(world.kernel.validators()))
      expect(world.advanceTo(12).filter(({ kind }) => kind === 'validator_set.changed')).toEqual([])
    }
  })

  it('punishes a height once, another height again', async () => {
    const world = new TestWorld()
    await world.act(ann, report(vote(world, 'v2', 1), vote(world, 'v2', 2)))
    expect((await world.act(ann, report(vote(world, 'v2', 2), vote(world, 'v2', null)))).receipt.code).toBe('ALREADY_SLASHED')
    const { receipt } = await world.act(ann, report(vote(world, 'v2', 1, { height: 2 }), vote(world, 'v2', 2, { height: 2 })))
    expect(receipt.status).toBe('applied')
  })

  it('believes only a real double vote', async () => {
    const world = new TestWorld()
    const honest = vote(world, 'v2', 1)
    const wrong: readonly (readonly [Vote, Vote])[] = [
      [honest, honest],
      [vote(world, 'v2', null), vote(world, 'v2', null)],
      [honest, vote(world, 'v3', 2)],
      [honest, vote(world, 'v2', 2, { round: 1 })],
      [honest, vote(world, 'v2', 2, { height: 2 })],
      [honest, vote(world, 'v2', 2, { type: 'prevote' })],
      [honest, vote(world, 'v2', 2, {}, 'v3')],
      [vote(world, 'v2', 1, {}, 'eve'), vote(world, 'v2', 2)],
      [vote(world, 'v2', 1, { world_id: `other.${'0'.repeat(64)}` }), vote(world, 'v2', 2, { world_id: `other.${'0'.repeat(64)}` })],
    ]
    for (const [first, second] of wrong) {
      const { receipt } = await world.act(ann, report(first, second))
      expect(receipt).toMatchObject({ status: 'rejected', code: 'BAD_EVIDENCE' })
      expect(receipt.detail['reason']).toBeTypeOf('string')
    }
    expect((await world.act(ann, report(vote(world, 'ghost', 1), vote(world, 'ghost', 2)))).receipt.code).toBe('VALIDATOR_NOT_FOUND')
    expect((await world.act(ann, { kind: 'report_duplicate_vote', evidence: { first: 1, second: 2 } })).receipt.code).toBe('BAD_ACTION')
    expect(stakes(world)).toEqual([100, 100, 100, 100])
  })

  it('is too late for old votes and too early for future ones', async () => {
    const world = new TestWorld(testGenesis({ params: { evidence_max_age_blocks: 3 } }))
    world.advanceTo(9)
    for (const height of [6, 12]) { // reported in blocks 10 and 11
      expect((await world.act(ann, report(vote(world, 'v2', 1, { height }), vote(world, 'v2', 2, { height })))).receipt.code).toBe('EVIDENCE_EXPIRED')
    }
  })

  it('is work the block must have fuel for', async () => {
    const world = new TestWorld(testGenesis({ params: { block_fuel_limit: 7_999_999 } }))
    const actions = await Promise.all([ann, inhabitant('bob')].map((who) => world.sign(who, report(vote(world, 'v2', 1), vote(world, 'v2', 2)))))
    expect(world.block(actions).receipts.map(({ code, fuel }) => [code, fuel])).toEqual([[null, 4_000_000], ['BLOCK_FUEL_EXHAUSTED', 0]])
  })

  it('lets validators do nothing else', async () => {
    const world = new TestWorld()
    expect((await world.act({ id: 'validator/v1', signer: signerOf('v1') }, { kind: 'query_observation' })).receipt.code).toBe('NOT_ALLOWED')
  })
})
