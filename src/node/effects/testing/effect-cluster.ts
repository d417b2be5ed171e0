import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256, utf8Bytes } from '../../../codec/index.ts'
import { publicKeyOf } from '../../../crypto/index.ts'
import { createGenesis, DEFAULT_PARAMS, encodeGenesis, moduleStateKey, worldIdOf } from '../../../world/index.ts'
import type { ListedExecutor, WorldEvent } from '../../../world/index.ts'
import { TEST_SIGNER } from '../../../world/testing/hand-made.ts'
import { heightOf, TestCluster } from '../../testing/cluster.ts'
import type { Member } from '../../testing/cluster.ts'
import { signedAction } from '../../testing/test-world.ts'
import { openEffectJournal } from '../journal.ts'
import { EffectRunner } from '../runner.ts'
import type { EffectRunnerInit } from '../runner.ts'
import { FETCHES, fetchingModule } from './fetching-module.ts'

const seedOf = (name: string): Uint8Array => sha256(utf8Bytes(name))
const VALIDATORS = ['v1', 'v2', 'v3']
const AGENTS = [0, 1, 2].map((n) => seedOf(`agent ${n}`))

/** The executor whose key is that of a validator. */
export const executorOf = (validator: number, effect_kinds: readonly string[] = ['http.fetch']): ListedExecutor =>
  ({ executor_id: `exec-${validator + 1}`, executor: { kind: 'node', public_key: publicKeyOf(seedOf(VALIDATORS[validator]!)), effect_kinds } })

export interface EffectClusterInit {
  readonly validators: number
  readonly executors: readonly ListedExecutor[]
  readonly expiresBlocks?: number
}

/** Validators over loopback with runners beside them, a server they may fetch from, and a module that asks for what it says. */
export class EffectCluster {
  readonly cluster: TestCluster
  readonly members: Member[] = []
  /** Of all requests that reached the server. */
  readonly asked: string[] = []
  readonly logged: string[] = []
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) => void response.setHeader('content-type', 'text/plain').end('sunny')
  private readonly runners: { readonly runner: EffectRunner; readonly member: Member; height: number }[] = []
  private readonly server = createServer((request, response) => {
    this.asked.push(request.url!)
    this.answer(request, response)
  })
  private readonly directory = mkdtempSync(join(tmpdir(), 'effects-'))
  readonly origin: string

  static async start(init: EffectClusterInit): Promise<EffectCluster> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    const made = new EffectCluster(init, port)
    await new Promise<void>((resolve) => made.server.listen(port, '127.0.0.1', resolve))
    made.members.push(...(await made.cluster.start()))
    return made
  }

  private constructor({ validators, executors, expiresBlocks = 100 }: EffectClusterInit, port: number) {
    this.origin = `http://127.0.0.1:${port}`
    const keys = VALIDATORS.slice(0, validators).map((validator_id) => ({ validator_id, seed: seedOf(validator_id) }))
    const genesis = createGenesis({
      name: 'test', demo: false, time: 1_700_000_000_000, scenario: 'belt-small', seed: seedOf('scenario'),
      validators: keys.map(({ validator_id, seed }) => ({ validator_id, public_key: publicKeyOf(seed), stake: 100 })),
      agents: AGENTS.map((seed, index) => ({ public_key: publicKeyOf(seed), name: `agent ${index}` })),
      modules: [fetchingModule(`${this.origin}/weather`)], trustedSigners: [TEST_SIGNER],
      capabilities: [{ module_id: FETCHES, name: 'net', effect_kinds: ['http.fetch'], expires_height: null }],
      policies: [{ when: { effect_kind: 'http.fetch' }, decision: 'allow' }], effectExecutors: executors,
      params: { speed_cm_per_block: 10_000_000, start_electricity: 1_000, electricity_capacity: 2_000, effects: { ...DEFAULT_PARAMS.effects, expires_blocks: expiresBlocks } },
    })
    this.cluster = new TestCluster({ genesis: encodeGenesis(genesis), world_id: worldIdOf(genesis), validators: keys, agents: AGENTS })
  }

  /** A runner beside a validator, with a journal that outlives it. */
  async run(validator: number, change: Partial<EffectRunnerInit> = {}): Promise<EffectRunner> {
    const member = this.members[validator]!
    const runner = new EffectRunner({
      host: member.node, network: member.network, validator: { validator_id: VALIDATORS[validator]!, seed: seedOf(VALIDATORS[validator]!) },
      allow: [this.origin], journal: openEffectJournal(join(this.directory, `journal-${validator}`)), log: (message) => void this.logged.push(message), ...change,
    })
    await runner.start()
    this.runners.push({ runner, member, height: 0 })
    return runner
  }

  async crash(runner: EffectRunner): Promise<void> {
    this.runners.splice(this.runners.findIndex((each) => each.runner === runner), 1)
    await runner.stop()
  }

  /** An agent sets out, which is when the module asks. */
  async depart(agent = 0, to = 'asteroid/0007'): Promise<void> {
    await this.members[0]!.node.submit(signedAction(this.cluster.world.world_id, AGENTS[agent]!, 1, { kind: 'move_agent', to }))
  }

  /** Resolves once a block of the first validator has an event for which `found` holds, and every runner has seen it. */
  async event(kind: string, found: (event: WorldEvent) => boolean = () => true): Promise<WorldEvent> {
    let event: WorldEvent | undefined
    await this.when(() => {
      event = this.members[0]!.node.recentBlocks(200).flatMap(({ events }) => events).find((each) => each.kind === kind && found(each))
      return event !== undefined
    })
    return event!
  }

  /** As `TestCluster.when`, with runners hearing of blocks on the way. */
  when(condition: () => boolean): Promise<void> {
    return this.cluster.when(() => {
      this.tell()
      return condition()
    })
  }

  blocks(count: number): Promise<void> {
    const until = heightOf(this.members[0]!) + count
    return this.when(() => heightOf(this.members[0]!) >= until)
  }

  async stateOf(member = this.members[0]!): Promise<Uint8Array | null> {
    return (await member.node.record(moduleStateKey(`${FETCHES}#1`))) as Uint8Array | null
  }

  async stop(): Promise<void> {
    await Promise.all(this.runners.map(({ runner }) => runner.stop()))
    await this.cluster.stop()
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
    rmSync(this.directory, { recursive: true, force: true })
  }

  private tell(): void {
    for (const entry of this.runners) {
      for (const block of entry.member.node.recentBlocks(200)) {
        if (block.head.height <= entry.height) continue
        entry.height = block.head.height
        entry.runner.onBlock(block)
      }
    }
  }
}
