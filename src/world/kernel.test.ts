import { describe, expect, it } from 'vitest'
import { encodeCanonical, equalBytes, merkleRoot, validatorSetHash } from '../codec/index.ts'
import type { NodeConsensusAction, Value } from '../codec/index.ts'
import { provenValue } from './testing/verify-proof.ts'
import { eventHash, isEventChain, NO_EVENT_HASH } from './event-log.ts'
import { createKernel } from './kernel.ts'
import { encodeReceipt } from './receipts.ts'
import { snapshotEntries } from './snapshot.ts'
import type { HeadRecord } from './state/records.ts'
import { PROVABLE_HEIGHTS } from './state/state.ts'
import { inhabitant, m1Modules, testGenesis, TestWorld } from './testing/test-world.ts'

const ann = inhabitant('ann')
const bob = inhabitant('bob')
const OBSERVE = { kind: 'query_observation' }
const MOVE = { kind: 'move_agent', to: 'asteroid/0007' }
const codeOf = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return (error as { code?: unknown }).code
  }
  return null
}

const someActions = async (world: TestWorld): Promise<NodeConsensusAction[]> => [await world.sign(ann, MOVE), await world.sign(bob, OBSERVE), await world.sign(bob, OBSERVE)]

describe('a block', () => {
  it('is staged: nothing shows before the commit, nothing is left after a rollback', async () => {
    const world = new TestWorld()
    const { kernel } = world
    const before = { root: kernel.stateRoot(), view: kernel.view(), agent: world.agent(ann.id) }
    const result = kernel.executeBlock(world.context(), await someActions(world))
    expect(equalBytes(result.state_root, before.root)).toBe(false)
    expect([kernel.height(), kernel.stateRoot(), kernel.view(), world.agent(ann.id)]).toEqual([0, before.root, before.view, before.agent])
    kernel.rollback()
    kernel.rollback()
    expect(codeOf(() => kernel.commit())).toBe('NOT_STAGED')
    expect([kernel.height(), kernel.stateRoot(), kernel.view(), world.agent(ann.id)]).toEqual([0, before.root, before.view, before.agent])
  })

  it('executed again after a rollback, or over another staged block, gives the same result', async () => {
    const world = new TestWorld()
    const actions = await someActions(world)
    const first = world.kernel.executeBlock(world.context(), actions)
    world.kernel.rollback()
    expect(world.kernel.executeBlock(world.context(), actions)).toEqual(first)
    world.kernel.executeBlock(world.context(), [])
    expect(world.kernel.executeBlock(world.context(), actions)).toEqual(first)
    world.kernel.commit()
    expect(world.kernel.stateRoot()).toEqual(first.state_root)
  })

  it('commits writes that are sorted, each once, and nothing that did not change', async () => {
    const world = new TestWorld()
    world.kernel.executeBlock(world.context(), await someActions(world))
    const { height, writes } = world.kernel.commit()
    expect(height).toBe(1)
    const keys = writes.map(({ key }) => key)
    expect(keys).toEqual([...new Set(keys)].sort())
    expect(keys).toContain(ann.id)
    for (const { key, value } of writes) expect(value).toEqual(world.kernel.query(key).value_bytes)
  })

  it('has roots over its receipts and events, and its events continue the chain of the world', async () => {
    const world = new TestWorld()
    let last: Uint8Array = NO_EVENT_HASH
    let count = 0
    for (let round = 0; round < 4; round++) {
      const result = world.block([await world.sign(ann, OBSERVE), await world.sign(bob, { kind: 'move_agent', to: 'asteroid/9999' })])
      expect(result.events_root).toEqual(merkleRoot(result.events.map((event) => encodeCanonical(event as unknown as Value))))
      expect(result.receipts_root).toEqual(merkleRoot(result.receipts.map(encodeReceipt)))
      expect(isEventChain(result.events, last)).toBe(true)
      expect(isEventChain(result.events.map((event, index) => (index === 0 ? { ...event, kind: 'other' } : event)), last)).toBe(result.events.length < 2)
      expect(result.events.map(({ id, index }) => [id, index])).toEqual(result.events.map((_, index) => [`${result.height}-${index}`, index]))
      last = eventHash(result.events.at(-1)!)
      count += result.events.length
      expect(world.read('world/head')).toMatchObject({ height: result.height, event_count: count, last_event_hash: last } satisfies Partial<HeadRecord>)
      expect(result.receipts.map(({ events }) => events)).toEqual([{ first: 0, count: 1 }, { first: 1, count: 1 }])
    }
    expect(world.block().events_root).toEqual(merkleRoot([]))
  })

  it('remembers the hashes of recent blocks', () => {
    const world = new TestWorld()
    world.advanceTo(70)
    const { parent_hash } = world.context()
    world.block()
    expect(world.read('world/recent/6')).toEqual({ height: 70, block_hash: parent_hash })
    expect(world.read('world/recent/7')).toMatchObject({ height: 7 })
  })

  it('names the validators of the next height', () => {
    const world = new TestWorld()
    const result = world.block()
    expect(result.next_validators).toEqual(world.genesis.validators)
    expect(result.next_validators_hash).toEqual(validatorSetHash(world.genesis.validators))
  })

  it('must follow the committed head', () => {
    const world = new TestWorld()
    for (const height of [0, 2, -1, 1.5, Number.NaN]) expect(codeOf(() => world.kernel.executeBlock({ ...world.context(), height }, []))).toBe('WRONG_HEIGHT')
    expect(codeOf(() => world.kernel.executeBlock({ ...world.context(), parent_hash: new Uint8Array(31) }, []))).toBe('BAD_CONTEXT')
    expect(codeOf(() => world.kernel.commit())).toBe('NOT_STAGED')
  })

  it('does not depend on the proposer', () => {
    const world = new TestWorld()
    const [a, b] = ['v1', 'v2'].map((proposer) => world.kernel.executeBlock({ ...world.context(), proposer }, []))
    expect(a).toEqual(b)
  })
})

describe('replay', () => {
  it('of the blocks gives the same root at every height', async () => {
    const world = new TestWorld()
    const other = createKernel(world.genesis)
    for (let round = 0; round < 5; round++) {
      const actions = await someActions(world)
      const context = world.context()
      const result = world.block(actions)
      expect(other.executeBlock(context, actions)).toEqual(result)
      other.commit()
    }
  })
})

describe('a warm spare', () => {
  it('follows commits without executing them', async () => {
    const world = new TestWorld()
    const spare = createKernel(world.genesis)
    for (let round = 0; round < 3; round++) {
      const { state_root } = world.kernel.executeBlock(world.context(), await someActions(world))
      spare.applyCommitted({ ...world.kernel.commit(), state_root })
      expect(spare.stateRoot()).toEqual(world.kernel.stateRoot())
      expect(spare.view()).toEqual(world.kernel.view())
    }
    expect(spare.executeBlock(world.context(), []).state_root).toEqual(world.kernel.executeBlock(world.context(), []).state_root)
  })

  it('refuses what does not give the root, comes out of order or is damaged, and stays where it was', async () => {
    const world = new TestWorld()
    const spare = createKernel(world.genesis)
    const before = spare.stateRoot()
    const { state_root } = world.kernel.executeBlock(world.context(), await someActions(world))
    const { height, writes } = world.kernel.commit()
    expect(codeOf(() => spare.applyCommitted({ height: 2, writes, state_root }))).toBe('WRONG_HEIGHT')
    expect(codeOf(() => spare.applyCommitted({ height, writes: writes.slice(1), state_root }))).toBe('WRONG_STATE_ROOT')
    expect(codeOf(() => spare.applyCommitted({ height, writes: [...writes, writes[0]!], state_root }))).toBe('BAD_STATE')
    expect(codeOf(() => spare.applyCommitted({ height, writes: [{ key: 'nonsense', value: encodeCanonical(1) }], state_root }))).toBe('BAD_STATE')
    expect(codeOf(() => spare.applyCommitted({ height, writes: [{ key: ann.id, value: encodeCanonical({ electricity: 1 }) }], state_root }))).toBe('BAD_STATE')
    expect(codeOf(() => spare.applyCommitted({ height, writes: [{ key: ann.id, value: Uint8Array.of(0xff) }], state_root }))).toBe('BAD_STATE')
    expect([spare.height(), spare.stateRoot()]).toEqual([0, before])
    spare.applyCommitted({ height, writes, state_root })
    expect(spare.height()).toBe(1)
  })
})

describe('loading stored records', () => {
  const storedBy = ({ kernel }: TestWorld): { key: string; value: Uint8Array }[] => {
    const { manifest, chunks } = kernel.snapshot()
    return [...snapshotEntries(manifest, chunks())]
  }

  it('continues where the state was stored, whatever the order of the records', async () => {
    const world = new TestWorld()
    const records = new Map(storedBy(world).map(({ key, value }) => [key, value]))
    for (let round = 0; round < 3; round++) {
      world.kernel.executeBlock(world.context(), await someActions(world))
      for (const { key, value } of world.kernel.commit().writes) {
        if (value === null) records.delete(key)
        else records.set(key, value)
      }
    }
    const restarted = createKernel(world.genesis)
    restarted.load([...records].reverse().map(([key, value]) => ({ key, value })), { height: 3, state_root: world.kernel.stateRoot() })
    expect([restarted.height(), restarted.stateRoot()]).toEqual([3, world.kernel.stateRoot()])
    expect(restarted.executeBlock(world.context(), [])).toEqual(world.kernel.executeBlock(world.context(), []))
  })

  it('is refused when records are missing, doubled, damaged or of another root, and keeps the old state', () => {
    const world = new TestWorld()
    const entries = storedBy(world)
    const state_root = world.kernel.stateRoot()
    const load = (changed: typeof entries, head: { height?: number; state_root?: Uint8Array } = {}): unknown => codeOf(() => world.kernel.load(changed, { height: 0, state_root, ...head }))
    expect(load(entries)).toBeNull()
    expect(load(entries.slice(1))).toBe('WRONG_STATE_ROOT')
    expect(load(entries, { state_root: new Uint8Array(32) })).toBe('WRONG_STATE_ROOT')
    expect(load(entries, { height: 1 })).toBe('BAD_STATE')
    expect(load([...entries, entries[0]!])).toBe('BAD_STATE')
    expect(load(entries.with(0, { ...entries[0]!, value: Uint8Array.of(0xff) }))).toBe('BAD_STATE')
    expect(load([], { state_root: new Uint8Array(32) })).toBe('BAD_STATE')
    expect(load(storedBy(new TestWorld(testGenesis({ agentNames: ['ann'] }))), { state_root: new TestWorld(testGenesis({ agentNames: ['ann'] })).kernel.stateRoot() })).toBe('BAD_STATE')
    expect([world.kernel.height(), world.kernel.stateRoot()]).toEqual([0, state_root])
  })
})

describe('a query', () => {
  it('answers with a proof of presence or absence that leads to the root', async () => {
    const world = new TestWorld()
    await world.act(ann, MOVE)
    for (const key of [ann.id, 'world/head', 'treasury', 'asteroid/0001', 'agent/nobody', 'nothing', '', '__proto__', 'schöne Grüße']) {
      const { value, value_bytes, proof, state_root, height } = world.kernel.query(key)
      expect([height, state_root]).toEqual([1, world.kernel.stateRoot()])
      expect(value === null).toBe(value_bytes === null)
      expect(provenValue(state_root, key, value_bytes, proof)).toEqual(value_bytes)
      if (value_bytes !== null) expect(encodeCanonical(value)).toEqual(value_bytes)
    }
  })

  it('reaches back over the last heights, with the values and roots of their time', async () => {
    const world = new TestWorld()
    const roots = [world.kernel.stateRoot()]
    for (let height = 1; height <= PROVABLE_HEIGHTS + 10; height++) {
      roots.push((height % 5 === 0 ? world.block([await world.sign(ann, OBSERVE)]) : world.block()).state_root)
    }
    const now = PROVABLE_HEIGHTS + 10
    expect(PROVABLE_HEIGHTS).toBeGreaterThanOrEqual(64)
    for (let height = now - PROVABLE_HEIGHTS + 1; height <= now; height++) {
      const { value, value_bytes, proof, state_root } = world.kernel.query(ann.id, height)
      expect(state_root).toEqual(roots[height])
      expect((value as { nonce: number }).nonce).toBe(Math.floor(height / 5))
      expect(provenValue(roots[height]!, ann.id, value_bytes, proof)).toEqual(value_bytes)
    }
    for (const height of [now - PROVABLE_HEIGHTS, now + 1, -1, 0.5]) expect(codeOf(() => world.kernel.query(ann.id, height))).toBe('UNKNOWN_HEIGHT')
  })

  it('is refused for what is no key', () => {
    const { kernel } = new TestWorld()
    for (const key of ['x'.repeat(129), '\ud800', 7, null]) expect(codeOf(() => kernel.query(key as string))).toBe('BAD_REQUEST')
  })

  it('hands out copies: nobody changes the state through an answer', () => {
    const { kernel } = new TestWorld()
    const root = kernel.stateRoot()
    ;(kernel.query(ann.id).value as { electricity: number }).electricity = 1_000_000
    expect((kernel.query(ann.id).value as { electricity: number }).electricity).toBe(100)
    expect(kernel.stateRoot()).toEqual(root)
  })
})

describe('a dry run', () => {
  const { wasm, manifest } = m1Modules[0]!
  it('runs a module outside the world', async () => {
    const world = new TestWorld()
    const root = world.kernel.stateRoot()
    const result = world.kernel.dryRunModule({ wasm, entrypoint: 'call', input: encodeCanonical({}), max_gas: 100_000 })
    expect(result).toMatchObject({ ok: false, code: 'TRAP', fuel_used: 100_000, output: null })
    expect(result.instrumented_bytes).toBeGreaterThan(wasm.length)
    expect(world.kernel.stateRoot()).toEqual(root)
  })

  it('says why a module may not run, and refuses senseless limits', () => {
    const { kernel } = new TestWorld()
    expect(kernel.dryRunModule({ wasm: Uint8Array.of(0, 1, 2), entrypoint: 'call', input: new Uint8Array(0), max_gas: 10 })).toMatchObject({ ok: false, instrumented_bytes: null })
    expect(kernel.dryRunModule({ wasm, entrypoint: 'reduce', input: new Uint8Array(0), limits: manifest.limits })).toMatchObject({ ok: false, code: 'SANDBOX_UNAVAILABLE' })
    for (const max_gas of [0, -1, 0.5, Number.MAX_VALUE]) expect(codeOf(() => kernel.dryRunModule({ wasm, entrypoint: 'call', input: new Uint8Array(0), max_gas }))).toBe('BAD_REQUEST')
  })
})

describe('the view', () => {
  it('keeps its asteroids and changes its revision only with the list of agents', async () => {
    const world = new TestWorld(testGenesis())
    const first = world.kernel.view()
    world.block()
    const second = world.kernel.view()
    expect(second.asteroids).toBe(first.asteroids)
    expect(second.agents.revision).toBe(first.agents.revision)
    expect(second.agents.x).not.toBe(first.agents.x)
    const dora = inhabitant('dora')
    await world.act(dora, { kind: 'register_agent', public_key: dora.signer.publicKey, name: 'Dora' })
    const third = world.kernel.view()
    expect(third.agents.revision).not.toBe(first.agents.revision)
    expect(third.agents.ids).toEqual([...third.agents.ids].sort())
    expect(third.agents.names[third.agents.ids.indexOf(dora.id)]).toBe('Dora')
    const { manifest, chunks } = world.kernel.snapshot()
    world.kernel.restore(manifest, chunks())
    expect(world.kernel.view().asteroids).toBe(first.asteroids)
  })

  it('says where an agent was one block earlier, also in the block it arrives', async () => {
    const world = new TestWorld()
    await world.act(ann, MOVE)
    const { arrive_height } = world.agent(ann.id).motion!
    world.advanceTo(arrive_height - 1)
    const on = (): { x: number; prev: number } => {
      const { agents } = world.kernel.view()
      const index = agents.ids.indexOf(ann.id)
      return { x: agents.x[index]!, prev: agents.prevX[index]! }
    }
    const before = on()
    world.block()
    expect(on().prev).toBe(before.x)
    expect(on().x).toBe(world.agent(ann.id).position.x)
    world.block()
    expect(on().prev).toBe(on().x)
  })
})
