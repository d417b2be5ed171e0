import { describe, expect, it } from 'vitest'
import { toHex } from '../codec/index.ts'
import type { NodeConsensusAction, ValueMap } from '../codec/index.ts'
import { inhabitant, testGenesis, TestWorld } from './testing/test-world.ts'

const NAMES = ['ann', 'bob', 'cid', 'dora', 'eve', 'finn', 'gus', 'hal']
const people = NAMES.map(inhabitant)
const HEIGHTS = 50

/** Everyone does something else every few blocks; some of it is refused. Depends on nothing but the height. */
function wish(height: number, index: number): ValueMap {
  const turn = (height * 7 + index * 3) % 11
  const neighbour = people[(index + 1) % people.length]!
  if (turn < 3) return { kind: 'move_agent', to: `asteroid/${String(((height * 5 + index) % 6) + 1).padStart(4, '0')}` }
  if (turn < 6) return { kind: 'harvest_radiation', blocks: (height % 4) + 1 }
  if (turn < 9) return { kind: 'transfer_resource', to: neighbour.id, resource: turn === 6 ? 'data' : 'electricity', amount: turn }
  return { kind: 'query_observation' }
}

describe('a scripted world of fifty blocks', () => {
  it('has one and the same state, event and receipt history on every engine', async () => {
    const world = new TestWorld(testGenesis({
      agentNames: NAMES.slice(0, 6), params: { speed_cm_per_block: 2_500_000, start_electricity: 150, epoch_blocks: 10 },
    }))
    const codes = new Map<string, number>()
    for (let height = 1; height <= HEIGHTS; height++) {
      const actions: NodeConsensusAction[] = []
      for (const [index, who] of people.entries()) {
        if (world.read(who.id) === null) {
          if (height === 2 + index) actions.push(await world.sign(who, { kind: 'register_agent', public_key: who.signer.publicKey, name: NAMES[index]! }))
        } else if ((height + index) % 2 === 0) {
          actions.push(await world.sign(who, wish(height, index)))
        }
      }
      for (const { code } of world.block(actions).receipts) codes.set(code ?? 'applied', (codes.get(code ?? 'applied') ?? 0) + 1)
    }
    expect(codes.get('applied')).toBeGreaterThan(60)
    expect(codes.size).toBeGreaterThan(3)
    const { last_event_hash, event_count } = world.read('world/head') as { last_event_hash: Uint8Array; event_count: number }
    // Changes with the rules of the kernel and with the bytes of the m1 modules, and with nothing else.
    expect({ root: toHex(world.kernel.stateRoot()), events: toHex(last_event_hash), event_count }).toEqual({
      root: '433ae0bbab8909bd59d1a5b1b4db41001608c0616d51865b77614c4eb37b324f', events: 'f2e68c17e4f41f3725e1dfa8f2da71fa0ccbb9c3f2f3bcce6c96f19129afdb42', event_count: 456,
    })
  })
})
