import { describe, expect, it } from 'vitest'
import { AppError } from '../../codec/index.ts'
import type { ErrorInfo } from '../../codec/index.ts'
import { createScriptedAgents } from './index.ts'
import type { ScriptedAgents } from './index.ts'
import { MASTER, TestWorld } from './testing/test-world.ts'

const SETTLED = 24
const COUNT = 32

async function live(world: TestWorld, agents: ScriptedAgents, blocks: number): Promise<void> {
  for (let i = 0; i < blocks; i++) await agents.onHeight(world.next())
}

const countOf = (world: TestWorld, kind: string): number => world.events.filter((event) => event.kind === kind).length
const rejectedShare = ({ receipts }: TestWorld): number => receipts.filter(({ status }) => status === 'rejected').length / receipts.length

describe('scripted agents in a world with its rules', () => {
  it('register, move, harvest, mine, trade, ally and fight within 200 blocks', async () => {
    const world = await TestWorld.create(SETTLED)
    const problems: ErrorInfo[] = []
    const agents = createScriptedAgents({ host: world.host, master: MASTER, count: COUNT, onProblem: (problem) => void problems.push(problem) })
    await live(world, agents, 200)

    expect(problems).toEqual([])
    expect(world.kernel.view().agents.count).toBe(COUNT)
    expect(countOf(world, 'agent.registered')).toBe(COUNT - SETTLED)
    for (const [kind, least] of [['agent.departed', 80], ['agent.arrived', 80], ['agent.harvested', 50], ['resource.transferred', 10], ['observation.recorded', 5], ['compound.mined', 20], ['factory.built', 1], ['alliance.joined', 1], ['war.declared', 1], ['power.traded', 1]] as const) {
      expect(countOf(world, kind), kind).toBeGreaterThan(least)
    }
    expect(new Set(world.events.filter(({ kind }) => kind === 'agent.departed').map(({ payload }) => payload['agent'])).size).toBeGreaterThan(COUNT - 6)
    expect(countOf(world, 'module.call_failed')).toBe(0)
    expect(rejectedShare(world)).toBeLessThan(0.05)

  })

  it('spread over the blocks: never many at once, seldom none', async () => {
    const world = await TestWorld.create(SETTLED)
    await live(world, createScriptedAgents({ host: world.host, master: MASTER, count: COUNT }), 100)
    expect(Math.max(...world.actionsPerBlock)).toBeLessThanOrEqual(4)
    expect(world.actionsPerBlock.filter((actions) => actions > 0).length).toBeGreaterThan(70)
  })

  it('do the same again in the same world', async () => {
    const run = async (): Promise<Uint8Array> => {
      const world = await TestWorld.create(SETTLED)
      await live(world, createScriptedAgents({ host: world.host, master: MASTER, count: COUNT }), 30)
      return world.kernel.stateRoot()
    }
    expect(await run()).toEqual(await run())
  })

  it('go on after a restart and after their actions were lost', async () => {
    const world = await TestWorld.create(SETTLED)
    await live(world, createScriptedAgents({ host: world.host, master: MASTER, count: COUNT }), 25)
    world.forget()
    const restarted = createScriptedAgents({ host: world.host, master: MASTER, count: COUNT })
    await live(world, restarted, 25)
    world.forget()
    const before = restarted.stats().submitted
    await live(world, restarted, 40)
    expect(restarted.stats().submitted - before).toBeGreaterThan(40)
    expect(rejectedShare(world)).toBeLessThan(0.05)
  })

  it('back off when nothing is accepted, and come back', async () => {
    const world = await TestWorld.create(SETTLED)
    let refuse = true
    let attempts = 0
    const agents = createScriptedAgents({
      host: { ...world.host, submit: (envelope) => (attempts++, refuse ? Promise.reject(new AppError('MEMPOOL_FULL', 'full')) : world.host.submit(envelope)) },
      master: MASTER, count: COUNT,
    })
    await live(world, agents, 20)
    expect(agents.stats()).toMatchObject({ submitted: 0, refused: { MEMPOOL_FULL: attempts } })
    expect(attempts).toBeLessThan(20 * COUNT / 4)
    refuse = false
    await live(world, agents, 20)
    expect(agents.stats().submitted).toBeGreaterThan(20)
  })

  it('report a node that cannot answer and try again at the next block', async () => {
    const world = await TestWorld.create(SETTLED)
    const problems: string[] = []
    let broken = true
    const agents = createScriptedAgents({
      host: { ...world.host, record: (key) => (broken ? Promise.reject(new AppError('EXECUTOR_LOST', 'gone')) : world.host.record(key)) },
      master: MASTER, count: COUNT, onProblem: ({ code }) => void problems.push(code),
    })
    await live(world, agents, 2)
    expect(problems).toEqual(['EXECUTOR_LOST', 'EXECUTOR_LOST'])
    broken = false
    await live(world, agents, 3)
    expect(problems).toHaveLength(2)
    expect(agents.stats().submitted).toBeGreaterThan(0)
  })

  it('stand still once stopped', async () => {
    const world = await TestWorld.create(SETTLED)
    const agents = createScriptedAgents({ host: world.host, master: MASTER, count: COUNT })
    await live(world, agents, 3)
    const { submitted } = agents.stats()
    agents.stop()
    await live(world, agents, 3)
    expect(agents.stats().submitted).toBe(submitted)
  })

  it('look at few records per block however many agents there are', async () => {
    const world = await TestWorld.create(1)
    let looks = 0
    const agents = createScriptedAgents({
      host: { ...world.host, record: (key) => (looks++, world.host.record(key)), submit: async () => undefined },
      master: MASTER, count: 10_000,
    })
    for (let height = 1; height <= 5; height++) {
      looks = 0
      await agents.onHeight(height)
      expect(looks).toBeLessThanOrEqual(64 * 4 * 3 + 1)
    }
  })

  it('refuse a master seed of another length', () => {
    const host = { worldId: '', record: async () => null, list: async () => [], asteroids: () => Promise.reject(new Error()), submit: async () => undefined }
    expect(() => createScriptedAgents({ host, master: new Uint8Array(31), count: 1 })).toThrow(expect.objectContaining({ code: 'SEED_INVALID' }) as Error)
  })
})
