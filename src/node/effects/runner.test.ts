import { afterEach, describe, expect, it } from 'vitest'
import { sha256, utf8Bytes } from '../../codec/index.ts'
import { createSigner, signReceipt } from '../../crypto/index.ts'
import { effectKey, MAX_FETCHED_BYTES, signAction, validatorKey } from '../../world/index.ts'
import { heightOf } from '../testing/cluster.ts'
import { EffectCluster, executorOf } from './testing/effect-cluster.ts'
import type { EffectClusterInit } from './testing/effect-cluster.ts'
import { toldTo } from './testing/fetching-module.ts'

let effects: EffectCluster
const start = async (init: EffectClusterInit): Promise<EffectCluster> => (effects = await EffectCluster.start(init))
afterEach(() => effects.stop())

const ANSWER = { http_status: 200, content_type: 'text/plain', body: utf8Bytes('sunny'), body_hash: sha256(utf8Bytes('sunny')) }

describe('a document a module asks for', () => {
  it('is fetched once by one of two executors, told to the module, and the same for whoever executes the blocks later', async () => {
    const { members } = await start({ validators: 2, executors: [executorOf(0), executorOf(1)] })
    for (const validator of [0, 1]) await effects.run(validator)
    await effects.depart()
    const { payload } = await effects.event('effect.receipt')
    expect(payload).toMatchObject({ status: 'ok', payload: ANSWER, kind: 'http.fetch', algorithm: 'ed25519', module_id: 't.fetches', cost_cents: null })
    await effects.blocks(3)
    expect(effects.asked).toEqual(['/weather'])
    expect(toldTo((await effects.stateOf())!)).toEqual(payload)

    const follower = await effects.cluster.join(null, members.flatMap(({ network }) => network.addresses()), { name: 'follower' })
    await effects.when(() => heightOf(follower) > 3 && heightOf(follower) >= heightOf(members[0]!) - 1)
    expect(await effects.stateOf(follower)).toEqual(await effects.stateOf())
    const height = Math.min(heightOf(follower), heightOf(members[0]!))
    const [ours, theirs] = await Promise.all([members[0]!, follower].map(({ node }) => node.blockAt(height)))
    expect(theirs!.head.state_root).toBe(ours!.head.state_root)
  })

  it('is vouched for by each of several nodes where the state wants that, each having seen it', async () => {
    const group = { executor_id: 'both', executor: { kind: 'group', threshold: 2, participants: ['exec-1', 'exec-2'], group_key: null, effect_kinds: ['http.*'] } } as const
    await start({ validators: 2, executors: [group, executorOf(0, []), executorOf(1, [])] })
    for (const validator of [0, 1]) await effects.run(validator)
    await effects.depart()
    const { payload } = await effects.event('effect.receipt')
    expect(payload).toMatchObject({ status: 'ok', payload: ANSWER, algorithm: 'threshold_ed25519', signer: 'both' })
    expect(effects.asked).toEqual(['/weather', '/weather'])
    expect(toldTo((await effects.stateOf())!)).toEqual(payload)
  })

  it('is not vouched for by a node that sees something else', async () => {
    const group = { executor_id: 'both', executor: { kind: 'group', threshold: 2, participants: ['exec-1', 'exec-2'], group_key: null, effect_kinds: ['http.*'] } } as const
    await start({ validators: 2, executors: [group, executorOf(0, []), executorOf(1, [])], expiresBlocks: 6 })
    effects.answer = (_request, response) => void response.end(`answer ${effects.asked.length}`)
    for (const validator of [0, 1]) await effects.run(validator)
    await effects.depart()
    await effects.event('effect.expired')
    expect(effects.asked).toEqual(['/weather', '/weather'])
    expect(await effects.stateOf()).toBeNull()
  })

  it('from an origin that is not listed is never asked for', async () => {
    await start({ validators: 1, executors: [executorOf(0)], expiresBlocks: 4 })
    await effects.run(0, { allow: [] })
    await effects.depart()
    const { payload } = await effects.event('effect.expired')
    expect(effects.asked).toEqual([])
    expect(effects.logged).toEqual([expect.stringContaining(`${String(payload['intent_id'])} is left to others`)])
  })

  it('is left alone by validators that are no executors', async () => {
    await start({ validators: 1, executors: [], expiresBlocks: 4 })
    await effects.run(0)
    await effects.depart()
    await effects.event('effect.expired')
    expect(effects.asked).toEqual([])
  })

  it('that cannot be had is asked for three times, and then the module is told', async () => {
    await start({ validators: 1, executors: [executorOf(0)] })
    effects.answer = (request) => void request.socket.destroy()
    await effects.run(0)
    await effects.depart()
    expect((await effects.event('effect.receipt')).payload).toMatchObject({ status: 'unreachable', payload: null })
    expect(effects.asked).toHaveLength(3)
  })

  it('of the largest size reaches the module whole', async () => {
    await start({ validators: 1, executors: [executorOf(0)] })
    const body = new Uint8Array(MAX_FETCHED_BYTES).fill(7)
    effects.answer = (_request, response) => void response.end(body)
    await effects.run(0)
    await effects.depart()
    expect((await effects.event('effect.receipt')).payload).toMatchObject({ payload: { body, body_hash: sha256(body) } })
    expect(toldTo((await effects.stateOf())!)).toMatchObject({ payload: { body } })
  })

  it('that several agents have asked for is fetched and answered for each', async () => {
    await start({ validators: 1, executors: [executorOf(0)] })
    await effects.run(0)
    await Promise.all([0, 1, 2].map((agent) => effects.depart(agent)))
    const done = new Set<unknown>()
    for (let n = 0; n < 3; n++) done.add((await effects.event('effect.receipt', ({ payload }) => !done.has(payload['intent_id']))).payload['intent_id'])
    expect(done.size).toBe(3)
    expect(effects.asked).toHaveLength(3)
  })
})

describe('a validator that stops in between', () => {
  it('after the answer and before the receipt says the same afterwards, without asking again', async () => {
    await start({ validators: 1, executors: [executorOf(0)] })
    const { node } = effects.members[0]!
    let submitted = false
    const host = new Proxy(node, {
      get: (target, name) => {
        if (name === 'submit') {
          return async () => {
            submitted = true
            throw new Error('the process dies here')
          }
        }
        const value = Reflect.get(target, name) as unknown
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    const first = await effects.run(0, { host, network: null })
    await effects.depart()
    await effects.when(() => submitted)
    await effects.crash(first)
    effects.answer = (_request, response) => void response.end('changed')
    await effects.run(0)
    expect((await effects.event('effect.receipt')).payload).toMatchObject({ status: 'ok', payload: ANSWER })
    expect(effects.asked).toEqual(['/weather'])
  })

  it('in the middle of a request counts it as a try', async () => {
    await start({ validators: 1, executors: [executorOf(0)] })
    effects.answer = () => {}
    const first = await effects.run(0, { network: null })
    await effects.depart()
    await effects.when(() => effects.asked.length > 0)
    await effects.crash(first)
    effects.answer = (request) => void request.socket.destroy()
    await effects.run(0)
    expect((await effects.event('effect.receipt')).payload).toMatchObject({ status: 'unreachable' })
    expect(effects.asked).toHaveLength(3)
  })
})

describe('a receipt of somebody else', () => {
  it('is refused, and the real one is recorded', async () => {
    await start({ validators: 2, executors: [executorOf(0)] })
    await effects.depart()
    const { payload: { intent_id } } = await effects.event('effect.queued')
    const { node } = effects.members[1]!
    await effects.blocks(2)
    await effects.when(() => heightOf(effects.members[1]!) >= heightOf(effects.members[0]!))
    const header = (await node.lightBlockAt(heightOf(effects.members[1]!) - 1))!.header
    const liar = createSigner(sha256(utf8Bytes('v2')))
    const receipt = { intent_id: intent_id as string, status: 'ok', payload: 'rain', cost_cents: null }
    const anchor = { consensus_height: header.height, receipts_root: header.receipts_root }
    for (const [node_id, code] of [['exec-1', 'RECEIPT_SIGNATURE_INVALID'], ['exec-2', 'RECEIPT_SIGNER_UNKNOWN']] as const) {
      const signature = await signReceipt({ node_id, signer: liar }, node.worldId, receipt, anchor)
      const { payload_cbor } = await signAction({
        world_id: node.worldId, actor: validatorKey('v2'), nonce: 1, valid_until_height: header.height + 10,
        action: { kind: 'submit_effect_receipt', receipt, signature, anchor: header } as never,
      }, liar)
      await expect(node.submit(payload_cbor)).rejects.toMatchObject({ code })
    }
    await effects.run(0)
    expect((await effects.event('effect.receipt')).payload).toMatchObject({ signer: 'exec-1', payload: ANSWER })
    expect(await effects.members[0]!.node.record(effectKey(intent_id as string))).toMatchObject({ state: 'done' })
  })
})
