import { createServer } from 'node:http'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sha256, toHex, utf8Bytes } from '../codec/index.ts'
import { publicKeyOf } from '../crypto/index.ts'
import type { NodeEvent } from '../node/index.ts'
import { FETCHES, fetchingModule, toldTo } from '../node/effects/testing/fetching-module.ts'
import { signedAction } from '../node/testing/test-world.ts'
import { createGenesis, encodeGenesis, moduleStateKey, worldIdOf } from '../world/index.ts'
import type { WorldEvent } from '../world/index.ts'
import { TEST_SIGNER } from '../world/testing/hand-made.ts'
import { writeNodeFile } from './node-config.ts'
import { runNode } from './run-node.ts'

const [validator, agent] = [sha256(utf8Bytes('validator')), sha256(utf8Bytes('agent'))]
const asked: string[] = []
const server = createServer(({ url }, response) => {
  asked.push(url!)
  response.setHeader('content-type', 'text/plain').end('sunny')
})
let directory: string
let origin: string
let world: string
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  directory = mkdtempSync(join(tmpdir(), 'aw-validator-'))
  const genesis = createGenesis({
    name: 'test', demo: false, time: Date.now() - 60_000, scenario: 'belt-small', seed: sha256(utf8Bytes('scenario')),
    validators: [{ validator_id: 'v1', public_key: publicKeyOf(validator), stake: 100 }], agents: [{ public_key: publicKeyOf(agent), name: 'agent' }],
    modules: [fetchingModule(`${origin}/weather`)], trustedSigners: [TEST_SIGNER],
    capabilities: [{ module_id: FETCHES, name: 'net', effect_kinds: ['http.fetch'], expires_height: null }], policies: [{ when: {}, decision: 'allow' }],
    effectExecutors: [{ executor_id: 'v1', executor: { kind: 'node', public_key: publicKeyOf(validator), effect_kinds: ['http.fetch'] } }],
    params: { start_electricity: 1_000, electricity_capacity: 2_000 },
  })
  world = worldIdOf(genesis)
  writeFileSync(join(directory, 'genesis.cbor'), encodeGenesis(genesis))
  writeFileSync(join(directory, 'validator.key'), toHex(validator))
})
afterAll(async () => {
  rmSync(directory, { recursive: true, force: true })
  await new Promise((resolve) => server.close(resolve))
})

const file = (http_allow: readonly string[]): void => writeNodeFile(directory, {
  role: 'validator', validator_id: 'v1', genesis: 'genesis.cbor', listen: ['/ip4/127.0.0.1/tcp/0/ws'], bootstrap: [], block_interval_ms: 100, effects: { http_allow },
})

it('a validator whose node file lists an origin fetches for modules from there', async () => {
  file([origin])
  const done = Promise.withResolvers<WorldEvent>()
  const onUpdate = (event: NodeEvent): void => {
    const receipt = event.type === 'block' ? event.block.events.find(({ kind }) => kind === 'effect.receipt') : undefined
    if (receipt !== undefined) done.resolve(receipt)
  }
  const { node, effects } = await runNode(directory, { onUpdate })
  await node.submit(signedAction(world, agent, 1, { kind: 'move_agent', to: 'asteroid/0007' }))
  const { payload } = await done.promise
  expect(payload).toMatchObject({ status: 'ok', signer: 'v1', payload: { body: utf8Bytes('sunny') } })
  expect(toldTo((await node.record(moduleStateKey(`${FETCHES}#1`))) as Uint8Array)).toEqual(payload)
  expect(asked).toEqual(['/weather'])
  await effects!.stop()
  await node.stop()
})

it('what is no origin is refused before anything starts', async () => {
  file(['api.example.org'])
  await expect(runNode(directory)).rejects.toMatchObject({ code: 'EFFECTS_CONFIG' })
})
