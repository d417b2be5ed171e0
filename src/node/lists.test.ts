import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sha256, toHex } from '../codec/index.ts'
import { decodeGenesis } from '../world/index.ts'
import type { AgentRecord, WorldEvent } from '../world/index.ts'
import { createMetrics } from '../network/index.ts'
import { countModuleCalls } from './module-metrics.ts'
import { TestCluster } from './testing/cluster.ts'
import type { Member } from './testing/cluster.ts'
import { testWorld } from './testing/test-world.ts'

const world = await testWorld(1)
const cluster = new TestCluster(world)
let member: Member

beforeAll(async () => {
  member = (await cluster.start())[0]!
  await cluster.reaches(member, 2)
})
afterAll(() => cluster.stop())

describe('what a node lists', () => {
  it('gives keys under a prefix in order, and says when there are more', async () => {
    const some = await member.node.list('asteroid/', 3)
    expect(some.keys).toEqual(['asteroid/0001', 'asteroid/0002', 'asteroid/0003'])
    expect(some.complete).toBe(false)
    expect(some.height).toBeGreaterThanOrEqual(2)
    expect(await member.node.list('no_such_thing/', 10)).toMatchObject({ keys: [], complete: true })
    await expect(member.node.list('asteroid/', 0.5)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })

  it('lists the modules of the genesis, and gives the bytes of each by their hash', async () => {
    const { modules } = decodeGenesis(world.genesis)
    const { keys, complete } = await member.node.list('module/', 200)
    expect({ keys, complete }).toEqual({ keys: modules.map(({ manifest }) => `module/${manifest.module_id}`), complete: true })
    for (const { manifest } of modules.slice(0, 3)) expect(toHex(sha256((await member.node.moduleWasm(manifest.wasm_hash))!))).toBe(manifest.wasm_hash)
  })

  it('has no bytes for a hash nobody deployed, nor for what is no hash', async () => {
    expect(await member.node.moduleWasm('0'.repeat(64))).toBeNull()
    expect(await member.node.moduleWasm('../genesis')).toBeNull()
  })

  it('adds up what agents and the treasury hold', async () => {
    const { keys } = await member.node.list('agent/', 200)
    const agents = await Promise.all(keys.map(async (key) => await member.node.record(key) as unknown as AgentRecord))
    const balances = await member.node.balances()
    expect(balances.agents).toEqual({ count: agents.length, electricity: agents.reduce((sum, { electricity }) => sum + electricity, 0), data: agents.reduce((sum, { data }) => sum + data, 0) })
    expect(balances.treasury).toEqual(await member.node.record('treasury'))
  })
})

it('counts calls, fuel and failures of modules from what blocks charged', () => {
  const metrics = createMetrics()
  const charged = (payload: object) => ({ kind: 'module.runtime_charged', payload }) as unknown as WorldEvent
  countModuleCalls(metrics, [charged({ calls: 3, fuel: 500, failures: 0 }), charged({ calls: 1, fuel: 20, failures: 1 }), { kind: 'agent.arrived', payload: { calls: 9 } } as unknown as WorldEvent])
  expect(metrics.snapshot()).toMatchObject({ 'modules.calls': 4, 'modules.fuel': 520, 'modules.failures': 1 })
})
