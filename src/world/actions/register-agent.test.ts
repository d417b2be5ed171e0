import { describe, expect, it } from 'vitest'
import { agentIdOf } from '../../codec/index.ts'
import type { ValueMap } from '../../codec/index.ts'
import { inhabitant, signerOf, testGenesis, TestWorld } from '../testing/test-world.ts'
import type { Inhabitant } from '../testing/test-world.ts'

const dora = inhabitant('dora')
const registration = ({ signer }: Inhabitant, name = 'Dora'): ValueMap => ({ kind: 'register_agent', public_key: signer.publicKey, name })

describe('register_agent', () => {
  it('puts a new agent at an asteroid its id picks, with a start paid by the treasury', async () => {
    const world = new TestWorld()
    const { receipt, events } = await world.act(dora, registration(dora))
    expect(receipt).toMatchObject({ status: 'applied', fees: { electricity: 0, data: 0 } })
    expect(events.map(({ kind }) => kind)).toEqual(['agent.registered'])
    const number = (Number.parseInt(dora.id.slice(6, 14), 16) % 60) + 1
    expect(world.agent(dora.id)).toMatchObject({
      name: 'Dora', nonce: 1, location: `asteroid/${String(number).padStart(4, '0')}`, motion: null, task: null, electricity: 100, data: 20, registered_at: 1,
    })
    expect(world.read('treasury')).toEqual({ electricity: 3_000_000 - 400, data: 600_000 - 80 })
    expect(world.read('world/head')).toMatchObject({ agent_count: 4 })
    expect((await world.act(dora, { kind: 'query_observation' })).receipt.status).toBe('applied')
  })

  it('happens once per key', async () => {
    const world = new TestWorld()
    await world.act(dora, registration(dora))
    const { receipt } = await world.act(dora, registration(dora, 'Again'))
    expect(receipt).toMatchObject({ code: 'AGENT_EXISTS' })
    expect(world.agent(dora.id)).toMatchObject({ name: 'Dora', nonce: 1 })
  })

  it('is refused under another id, nonce or signature than its own', async () => {
    const world = new TestWorld()
    const other = inhabitant('eve')
    expect((await world.act({ id: other.id, signer: dora.signer }, registration(dora))).receipt).toMatchObject({ code: 'BAD_ACTION', detail: { path: 'actor' } })
    expect((await world.act(dora, registration(dora), { nonce: 2 })).receipt.code).toBe('BAD_NONCE')
    expect((await world.act({ id: dora.id, signer: other.signer }, registration(dora))).receipt.code).toBe('BAD_SIGNATURE')
    expect(world.read(dora.id)).toBeNull()
  })

  it('is refused for keys that are no safe Ed25519 keys, even when a verdict vouches for the signature', async () => {
    const world = new TestWorld()
    for (const public_key of [new Uint8Array(32), new Uint8Array(32).fill(255), Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 1 : 0))]) {
      const id = agentIdOf(public_key)
      const action = await world.sign({ id, signer: dora.signer }, { kind: 'register_agent', public_key, name: 'x' })
      expect(world.block([action], new Map([[action.action_id, true]])).receipts[0]!.code).toBe('BAD_KEY')
    }
  })

  it('has names that can be shown', async () => {
    const world = new TestWorld()
    for (const name of ['', 'a'.repeat(33), 'line\nbreak', 'zero\u200bwidth', 'right\u202eleft', '\u0000', '\u009b']) {
      expect((await world.act(dora, registration(dora, name))).receipt).toMatchObject({ code: 'BAD_ACTION', detail: { path: 'action.name' } })
    }
    expect((await world.act(dora, registration(dora, '星の旅人 Ünïcode 🚀'))).receipt.status).toBe('applied')
  })

  it('is bounded per block, by the room in the world and by the treasury', async () => {
    const people = ['p1', 'p2', 'p3'].map(inhabitant)
    const codes = async (params: object): Promise<(string | null)[]> => {
      const world = new TestWorld(testGenesis({ params }))
      const actions = await Promise.all(people.map((who) => world.sign(who, registration(who))))
      return world.block(actions).receipts.map(({ code }) => code)
    }
    expect(await codes({ registrations_per_block: 2 })).toEqual([null, null, 'REGISTRATION_LIMIT'])
    expect(await codes({ max_agents: 4 })).toEqual([null, 'WORLD_FULL', 'WORLD_FULL'])
    expect(await codes({ treasury_data: 20 * 4 + 19 })).toEqual([null, 'TREASURY_EMPTY', 'TREASURY_EMPTY'])
  })

  it('counts only registrations that happen', async () => {
    const world = new TestWorld(testGenesis({ params: { registrations_per_block: 1 } }))
    const forged = await world.sign({ id: dora.id, signer: signerOf('eve') }, registration(dora))
    expect(world.block([forged, await world.sign(dora, registration(dora))]).receipts.map(({ code }) => code)).toEqual(['BAD_SIGNATURE', null])
  })
})
