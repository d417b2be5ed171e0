import { describe, expect, it } from 'vitest'
import { GovernedWorld } from '../../../world/governance/testing/governed-world.ts'
import type { WorldEvent } from '../../../world/index.ts'
import { stepsOf } from './path.ts'

const PATCH = { patch: [{ op: 'set' as const, path: ['governance', 'proposal_ttl_blocks'], value: 90 }] }

/** A world that remembers its events. */
class Remembering extends GovernedWorld {
  readonly events: WorldEvent[] = []

  override block(...args: Parameters<GovernedWorld['block']>): ReturnType<GovernedWorld['block']> {
    const result = super.block(...args)
    this.events.push(...result.events)
    return result
  }

  steps(id: string): string[] {
    const own = this.events.filter(({ payload }) => JSON.stringify(payload).includes(id))
    return stepsOf(this.proposal(id), this.manifest(), own).map(({ kind, state, who, count }) => [state, kind, who, count === null ? '' : count.join('/')].filter((part) => part !== '').join(' '))
  }
}

describe('the way of a proposal', () => {
  it('goes on step by step, and what is to come is told ahead', async () => {
    const world = new Remembering()
    const id = await world.propose(PATCH)
    expect(world.steps(id)).toEqual(['done proposed signer/s1', 'done shadow passed', 'next anchored', 'open signed 1/2', 'open signed 2/2', 'open certificate', 'open queued', 'open applied'])
    world.block()
    await world.approve(id, 's2')
    expect(world.steps(id).slice(2)).toEqual(['done anchored', 'done signed s2 1/2', 'next signed 2/2', 'open certificate', 'open queued', 'open applied'])
    await world.approve(id, 's3')
    expect(world.steps(id).slice(3)).toEqual(['done signed s2 1/2', 'done signed s3 2/2', 'done certificate', 'done queued', 'next applied'])
    world.advanceTo(world.proposal(id).apply_height!)
    expect(world.steps(id).slice(5)).toEqual(['done certificate', 'done queued', 'done manifest', 'done applied'])
  })

  it('is told from the record where blocks are not stored', async () => {
    const world = new Remembering()
    const id = await world.proposeAndShadow(PATCH)
    await world.approve(id, 's2')
    const whole = world.steps(id)
    world.events.length = 0
    expect(world.steps(id)).toEqual(whole)
    const [first, ...rest] = stepsOf(world.proposal(id), world.manifest(), [])
    expect([first!.height, first!.event, rest.at(-1)!.height]).toEqual([world.proposal(id).proposed_height, null, null])
    await world.approve(id, 's3')
    world.advanceTo(world.proposal(id).apply_height!)
    expect(world.steps(id).slice(0, 3)).toEqual(['done proposed signer/s1', 'done shadow passed', 'done anchored'])
    expect(world.steps(id).at(-1)).toBe('done applied')
  })

  it('ends where signers, guardians or time end it, with nothing to come', async () => {
    const world = new Remembering({ guardian_threshold: 1 })
    const stopped = await world.proposeAndShadow(PATCH)
    await world.veto(stopped, 'g1')
    expect(world.steps(stopped).slice(-2)).toEqual(['bad vetoed_by g1', 'bad vetoed'])
    const late = await world.proposeAndShadow({ ...PATCH, salt: 'late' })
    world.advanceTo(world.proposal(late).expires_height + 1)
    expect(world.steps(late).at(-1)).toBe('bad expired late')
  })

  it('of a failed shadow waits for nobody', async () => {
    const world = new Remembering({ shadow_policy: { mode: 'always_fail' } })
    const id = await world.proposeAndShadow(PATCH)
    expect(world.steps(id)[1]).toBe('bad shadow failed')
    expect(world.steps(id).filter((step) => /^(next|open) signed/.test(step))).toEqual([])
  })
})
