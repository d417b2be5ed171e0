import { describe, expect, it } from 'vitest'
import { agentIdOf, decodeCanonical, encodeCanonical, sha256, toHex } from '../codec/index.ts'
import type { Value, ValueMap } from '../codec/index.ts'
import { createGenesis } from './create-genesis.ts'
import type { GenesisInit } from './create-genesis.ts'
import { GenesisError } from './errors.ts'
import { decodeGenesis, encodeGenesis, MAX_GENESIS_BYTES, worldIdOf } from './genesis.ts'
import type { Genesis } from './genesis.ts'
import { createKernel } from './kernel.ts'
import { SCENARIOS } from './scenario.ts'
import { ArtifactIdentityError } from './modules/artifact-identity.ts'
import { deciding, signedForTest } from './testing/hand-made.ts'
import { m1Modules, seedOf, signerOf, testGenesis } from './testing/test-world.ts'

const codeOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    if (error instanceof GenesisError || error instanceof ArtifactIdentityError) return error.code
    throw error
  }
  return 'accepted'
}

/** The encoded genesis with something changed by hand. */
const tampered = (change: (genesis: Record<string, Value>) => void): Uint8Array => {
  const value = decodeCanonical(encodeGenesis(testGenesis())) as Record<string, Value>
  change(value)
  return encodeCanonical(value)
}

describe('a genesis', () => {
  it('survives its encoding and keeps its world id', () => {
    const genesis = testGenesis()
    const decoded = decodeGenesis(encodeGenesis(genesis))
    expect(decoded).toEqual(genesis)
    expect(worldIdOf(decoded)).toBe(worldIdOf(genesis))
    expect(worldIdOf(genesis)).toMatch(/^demo-test\.[0-9a-f]{64}$/)
  })

  it('gives another world id for any change', () => {
    const ids = [testGenesis(), testGenesis({ seed: seedOf('other') }), testGenesis({ time: 1 }), testGenesis({ modules: [] }), testGenesis({ params: { slash_bps: 1 } }), testGenesis({ agentNames: ['ann'] })].map(worldIdOf)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('describes the same state everywhere, with every settled agent paid by the treasury', () => {
    const genesis = testGenesis()
    const [a, b] = [createKernel(genesis), createKernel(decodeGenesis(encodeGenesis(genesis)))]
    expect(a.stateRoot()).toEqual(b.stateRoot())
    expect(a.height()).toBe(0)
    expect(a.query('treasury').value).toEqual({ electricity: 3_000_000 - 300, data: 600_000 - 60 })
    expect(a.view().agents.count).toBe(3)
    expect(a.view().asteroids.count).toBe(60)
  })

  it('builds the large belt', () => {
    const kernel = createKernel(createGenesis({
      name: 'large', demo: false, time: 0, scenario: 'belt-large', seed: seedOf('large'), modules: [], trustedSigners: [], agentKeysFromSeeds: true,
      validators: [{ validator_id: 'one', public_key: signerOf('one').publicKey, stake: 1 }],
      agents: Array.from({ length: SCENARIOS['belt-large'].agents }, (_, index) => ({ public_key: new Uint8Array(32).map((_, at) => index >> (8 * at)), name: `agent ${index}` })),
    }))
    expect(kernel.view()).toMatchObject({ agents: { count: 10_000 }, asteroids: { count: 5_000 } })
  })

  it('is refused with a typed error whatever is wrong with it', () => {
    const wrong: readonly (readonly [string, (genesis: Record<string, Value>) => void])[] = [
      ['format', (g) => { g['format'] = 2 }],
      ['missing field', (g) => { delete g['params'] }],
      ['unknown field', (g) => { g['extra'] = 1 }],
      ['demo without its name', (g) => { g['demo'] = false }],
      ['name', (g) => { g['name'] = 'Bad Name' }],
      ['no validators', (g) => { g['validators'] = [] }],
      ['unsorted validators', (g) => { g['validators'] = [...(g['validators'] as Value[])].reverse() }],
      ['an invalid validator key', (g) => { g['validators'] = [{ validator_id: 'v1', public_key: new Uint8Array(32), stake: 1 }] }],
      ['a doubled agent', (g) => { g['agents'] = [(g['agents'] as Value[])[0]!, (g['agents'] as Value[])[0]!, (g['agents'] as Value[])[1]!] }],
      ['an agent count', (g) => { g['scenario'] = { ...(g['scenario'] as ValueMap), agents: 2 } }],
      ['an asteroid count', (g) => { g['scenario'] = { ...(g['scenario'] as ValueMap), asteroids: 61 } }],
      ['a short seed', (g) => { g['scenario'] = { ...(g['scenario'] as ValueMap), seed: new Uint8Array(31) } }],
      ['module bytes', (g) => { g['modules'] = (g['modules'] as ValueMap[]).map((module) => ({ ...module, wasm: Uint8Array.of(0, 97, 115, 109) })) }],
      ['module order', (g) => { g['modules'] = [...(g['modules'] as Value[])].reverse() }],
      ['a treasury that cannot pay', (g) => { g['params'] = { ...(g['params'] as ValueMap), treasury_electricity: 299 } }],
      ['a start that does not fit', (g) => { g['params'] = { ...(g['params'] as ValueMap), start_electricity: 201 } }],
      ['a parameter out of range', (g) => { g['params'] = { ...(g['params'] as ValueMap), slash_bps: 10_001 } }],
    ]
    for (const [what, change] of wrong) expect([what, codeOf(() => decodeGenesis(tampered(change)))]).toEqual([what, 'GENESIS_INVALID'])
    expect(codeOf(() => decodeGenesis(new Uint8Array(0)))).toBe('GENESIS_INVALID')
    expect(codeOf(() => decodeGenesis(encodeGenesis(testGenesis()).subarray(0, 500)))).toBe('GENESIS_INVALID')
    expect(codeOf(() => decodeGenesis(new Uint8Array(MAX_GENESIS_BYTES + 1)))).toBe('GENESIS_TOO_LARGE')
  })

  it('is not created with agent keys that are no keys, unless they are known to come from seeds', () => {
    const agents = [{ public_key: new Uint8Array(32).fill(255), name: 'nobody' }]
    expect(codeOf(() => testGenesis({ agents, agentKeysFromSeeds: false }))).toBe('GENESIS_INVALID')
    expect(codeOf(() => testGenesis({ agentKeysFromSeeds: false }))).toBe('accepted')
  })

  it('accepts no module whose manifest and bytes disagree', () => {
    const module = deciding('t.a', 'allow')
    const change = (manifest: Partial<typeof module.manifest>): string => codeOf(() => testGenesis({ modules: [{ ...module, manifest: signedForTest({ ...module.manifest, ...manifest }) }] }))
    expect(change({})).toBe('accepted')
    expect(change({ wasm_hash: '0'.repeat(64) })).toBe('HASH_MISMATCH')
    expect(change({ exports: ['memory'] })).toBe('GENESIS_INVALID')
    expect(change({ subscriptions: { action_kinds: [], event_kinds: ['agent.*'], stage: 'pre_action' } })).toBe('GENESIS_INVALID')
    expect(change({ subscriptions: { action_kinds: ['move_agent'], event_kinds: [], stage: 'tick' } })).toBe('GENESIS_INVALID')
    expect(codeOf(() => testGenesis({ modules: [module, module] }))).toBe('GENESIS_INVALID')
    expect(codeOf(() => testGenesis({ modules: [...m1Modules].reverse() }))).toBe('accepted')
  })

  it('grants every capability its modules require, and only to modules it has', () => {
    const grant = { module_id: 't.a', name: 'net', effect_kinds: ['http.*'], expires_height: null }
    const needing = (required_caps: readonly string[], cap_slots: Readonly<Record<string, string>> = {}): GenesisInit['modules'] =>
      [deciding('t.a', 'allow', {}, { required_caps, abi_contract: { cap_slots, policy_hooks: [], gameplay: null } })]
    expect(codeOf(() => testGenesis({ modules: needing(['net']) }))).toBe('GENESIS_INVALID')
    expect(codeOf(() => testGenesis({ modules: needing(['net']), capabilities: [{ ...grant, name: 'disk' }] }))).toBe('GENESIS_INVALID')
    expect(codeOf(() => testGenesis({ modules: needing(['net']), capabilities: [grant] }))).toBe('accepted')
    expect(codeOf(() => testGenesis({ modules: needing(['net'], { outside: 'net' }), capabilities: [grant] }))).toBe('accepted')
    expect(codeOf(() => testGenesis({ modules: needing([], { outside: 'net' }), capabilities: [grant] }))).toBe('GENESIS_INVALID')
    expect(codeOf(() => testGenesis({ modules: needing([]), capabilities: [{ ...grant, module_id: 't.b' }] }))).toBe('GENESIS_INVALID')
    expect(codeOf(() => testGenesis({ modules: needing([]), capabilities: [grant, grant] }))).toBe('GENESIS_INVALID')
    expect(codeOf(() => testGenesis({ modules: needing([]), capabilities: [grant, { ...grant, name: 'disk' }] }))).toBe('accepted') // sorted as it is made
  })

  it('takes no filter that cannot be compiled', () => {
    const filtering = (path: string, re: string): string => codeOf(() => testGenesis({
      modules: [deciding('t.a', 'allow', {}, { subscriptions: { action_kinds: ['*'], event_kinds: [], stage: 'pre_action', filters: { all: [{ path, re }] } } })],
    }))
    expect(filtering('/action/to', '^asteroid/0+1$')).toBe('accepted')
    expect(filtering('/action/to', '(a{9})+')).toBe('GENESIS_INVALID')
    expect(filtering('/action/~to', 'a')).toBe('GENESIS_INVALID')
  })

  it('lists instances of its modules for its own agents and asteroids only', () => {
    const [ann, bob] = ['ann', 'bob'].map((name) => agentIdOf(signerOf(name).publicKey)) as [string, string]
    const nobody = `agent/${'0'.repeat(32)}`
    const listing = (...instances: Genesis['instances']): string => codeOf(() => testGenesis({ modules: [deciding('t.a', 'allow')], instances }))
    const self = (agent: string): Genesis['instances'][number]['target'] => ({ kind: 'self_agent', agent })
    const place = (asteroid: string): Genesis['instances'][number]['target'] => ({ kind: 'location_infrastructure', asteroid })
    expect(listing({ instance_id: 't.a#2', target: self(ann), owner: ann }, { instance_id: 't.a#1', target: place('asteroid/0060'), owner: bob }, { instance_id: 't.a#10', target: self(bob), owner: null })).toBe('accepted')
    const wrong: readonly Genesis['instances'][number][] = [
      { instance_id: 't.b#2', target: self(ann), owner: ann }, { instance_id: 't.a#2', target: self(nobody), owner: null }, { instance_id: 't.a#2', target: self(ann), owner: bob },
      { instance_id: 't.a#2', target: place('asteroid/0061'), owner: ann }, { instance_id: 't.a#2', target: place('asteroid/0001'), owner: nobody },
      { instance_id: 't.a#2', target: { kind: 'world' }, owner: null }, { instance_id: 't.a#02', target: self(ann), owner: ann }, { instance_id: 't.a', target: self(ann), owner: ann },
    ]
    for (const instance of wrong) expect([instance.instance_id, listing(instance)]).toEqual([instance.instance_id, 'GENESIS_INVALID'])
    expect(listing({ instance_id: 't.a#2', target: self(ann), owner: ann }, { instance_id: 't.a#2', target: self(bob), owner: bob })).toBe('GENESIS_INVALID')
  })

  it('with a module that may not run makes no world, wherever it comes from', () => {
    const wasm = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0) // an empty module: no memory, no exports
    const [module] = m1Modules
    const broken = { manifest: signedForTest({ ...module!.manifest, wasm_hash: toHex(sha256(wasm)) }), wasm }
    expect(codeOf(() => testGenesis({ modules: [broken] }))).toBe('GENESIS_INVALID')
    const read = decodeGenesis(tampered((g) => { g['modules'] = [broken as unknown as Value] })) // reading runs nothing
    expect(codeOf(() => createKernel(read))).toBe('GENESIS_INVALID')
    // Only the id of exactly this world makes the check superfluous.
    expect(codeOf(() => createKernel(read, { checkedWorld: worldIdOf(testGenesis()) }))).toBe('GENESIS_INVALID')
    expect(createKernel(read, { checkedWorld: worldIdOf(read) }).height()).toBe(0)
  })
})
