import { actionPayload, AppError, encodeActionEnvelope, errorInfo } from '../../codec/index.ts'
import type { UnsignedAction } from '../../codec/index.ts'
import { CONFIG_KEY } from '../../world/index.ts'
import type { ConfigRecord } from '../../world/index.ts'
import { Agenda } from './agenda.ts'
import { characterOf } from './character.ts'
import { createChoices } from './choices.ts'
import type { Choices } from './choices.ts'
import { Counsel } from './counsel.ts'
import { decide } from './decide.ts'
import { Gazetteer } from './gazetteer.ts'
import { Minds } from './minds.ts'
import type { AgentMind } from './minds.ts'
import type { AgentAction } from './situation.ts'
import { Surroundings } from './surroundings.ts'
import { agentRecord, whereabouts } from './types.ts'
import type { ScriptedAgents, ScriptedAgentsInit, ScriptedAgentsStats } from './types.ts'

/** Actions per block: an eighth of the agents, but at least a few so that a small world lives, and never a burden on a block of 2,000. */
const MIN_ACTIONS_PER_BLOCK = 4
const MAX_ACTIONS_PER_BLOCK = 64
const AGENTS_PER_ACTION = 8
/** Agents looked at per action: many that are due turn out to be on their way. */
const LOOKS_PER_ACTION = 4
/** One action in so many may be a registration: a world takes a limited number per block, and other newcomers want their turn. */
const ACTIONS_PER_REGISTRATION = 4
/** An action is good for so many blocks; then the agent thinks again. */
const VALIDITY_BLOCKS = 12
/** After acting an agent looks for the outcome when it is usually there. */
const OUTCOME_BLOCKS = 2
/** Rest between two actions, blocks, at least and at most. */
const REST_BLOCKS = { least: 1, most: 6 } as const
/** After a refusal. */
const BACKOFF_BLOCKS = { least: 3, most: 10 } as const

type Registration = { readonly kind: 'register_agent'; readonly public_key: Uint8Array; readonly name: string }

/**
 * Agents that live by script: they register, move, harvest, give and look around, a few in every block. Nothing is kept but keys and what
 * is on its way: nonces and places come from the state, so a restart or a rejection needs no recovery. Throws `SEED_INVALID`.
 */
export function createScriptedAgents(init: ScriptedAgentsInit): ScriptedAgents {
  if (init.master.length !== 32) throw new AppError('SEED_INVALID', 'The master seed of scripted agents has 32 bytes.', { bytes: init.master.length })
  return new Runner(init)
}

class Runner implements ScriptedAgents {
  private readonly init: ScriptedAgentsInit
  private readonly minds: Minds
  private readonly agenda = new Agenda()
  private readonly actionsPerBlock: number
  private world: { readonly gazetteer: Gazetteer; readonly surroundings: Surroundings; readonly counsel: Counsel; readonly validity: number } | null = null
  private running = false
  private stopped = false
  private registrations = 0
  private submitted = 0
  private readonly refused: Record<string, number> = {}
  private readonly kinds: Record<string, number> = {}

  constructor(init: ScriptedAgentsInit) {
    this.init = init
    this.minds = new Minds(init.master)
    this.actionsPerBlock = Math.min(MAX_ACTIONS_PER_BLOCK, Math.max(MIN_ACTIONS_PER_BLOCK, Math.ceil(init.count / AGENTS_PER_ACTION)))
    for (const index of mixedOrder(init.count)) this.agenda.add(index, 0)
  }

  async onHeight(height: number): Promise<void> {
    if (this.running || this.stopped) return
    this.running = true
    try {
      await this.step(height)
    } catch (error) {
      this.init.onProblem?.(errorInfo(error))
    } finally {
      this.running = false
    }
  }

  stop(): void {
    this.stopped = true
  }

  stats(): ScriptedAgentsStats {
    return { submitted: this.submitted, refused: { ...this.refused }, kinds: { ...this.kinds } }
  }

  private async step(height: number): Promise<void> {
    this.world ??= await this.learn()
    const enough = this.submitted + this.actionsPerBlock
    this.registrations = 0
    for (let looks = this.actionsPerBlock * LOOKS_PER_ACTION; looks > 0; looks--) {
      if (this.stopped || this.submitted >= enough) return
      const index = this.agenda.next(height)
      if (index === null) return
      let next = height + 1
      try {
        next = await this.attend(this.minds.get(index), height)
      } finally {
        this.agenda.add(index, next)
      }
    }
  }

  /** What never changes is read once. */
  private async learn(): Promise<NonNullable<Runner['world']>> {
    const { host } = this.init
    const config = (await host.record(CONFIG_KEY)) as unknown as ConfigRecord | null
    if (config === null) throw new AppError('NO_WORLD', 'The node has no world yet. The scripted agents wait for its next block.')
    const gazetteer = new Gazetteer(await host.asteroids())
    return {
      gazetteer,
      surroundings: new Surroundings({ host, minds: this.minds, gazetteer, params: config.params }),
      counsel: new Counsel({ host, minds: this.minds, gazetteer, count: this.init.count }),
      validity: Math.min(VALIDITY_BLOCKS, config.params.max_action_validity_blocks),
    }
  }

  /** One agent's turn. Returns the height, above this one, at which to look at it again. */
  private async attend(mind: AgentMind, height: number): Promise<number> {
    const { gazetteer, surroundings, counsel } = this.world!
    const choose = createChoices(mind.id, height)
    const record = agentRecord(await this.init.host.record(mind.id))
    gazetteer.saw(mind.index, whereabouts(record))
    if (mind.pending !== null) {
      const { nonce, valid_until_height } = mind.pending
      if ((record?.nonce ?? 0) < nonce && height <= valid_until_height) return height + OUTCOME_BLOCKS
      mind.pending = null
    }
    if (record === null) return this.register(mind, height, choose)
    const busyUntil = record.motion?.arrive_height ?? record.task?.until_height
    if (busyUntil !== undefined) return Math.max(busyUntil, height) + between(REST_BLOCKS, choose)
    if (mind.awaited_until >= height) return mind.awaited_until + 1
    const action = (await counsel.advise(mind, record, height, choose)) ?? decide(characterOf(mind.index), await surroundings.of(mind, record, height, choose), choose)
    if (action === null) return height + between(REST_BLOCKS, choose)
    return this.act(mind, action, record.nonce + 1, height, choose)
  }

  private async register(mind: AgentMind, height: number, choose: Choices): Promise<number> {
    if (this.registrations >= Math.ceil(this.actionsPerBlock / ACTIONS_PER_REGISTRATION)) return height + 1
    this.registrations++
    return this.act(mind, { kind: 'register_agent', public_key: mind.signer.publicKey, name: mind.name }, 1, height, choose)
  }

  private async act(mind: AgentMind, action: AgentAction | Registration, nonce: number, height: number, choose: Choices): Promise<number> {
    const { host } = this.init
    const valid_until_height = height + this.world!.validity
    const unsigned: UnsignedAction = { world_id: host.worldId, actor: mind.id, nonce, valid_until_height, action: action as unknown as UnsignedAction['action'] }
    const signature = await mind.signer.sign(actionPayload(unsigned))
    try {
      await host.submit(encodeActionEnvelope({ ...unsigned, signature }))
    } catch (error) {
      const { code } = errorInfo(error)
      this.refused[code] = (this.refused[code] ?? 0) + 1
      return height + between(BACKOFF_BLOCKS, choose)
    }
    this.submitted++
    this.kinds[action.kind] = (this.kinds[action.kind] ?? 0) + 1
    mind.pending = { nonce, valid_until_height }
    if (action.kind === 'transfer_resource') {
      const recipient = this.minds.byId(action.to)
      if (recipient !== undefined) recipient.awaited_until = height + OUTCOME_BLOCKS
    }
    return height + OUTCOME_BLOCKS + between(REST_BLOCKS, choose)
  }
}

/**
 * 0 … count − 1, each once, neighbours far apart: those who still have to register have the highest indices, and all come early this way.
 * Steps of the golden section, made coprime to `count`, spread evenly.
 */
export function mixedOrder(count: number): readonly number[] {
  let step = Math.max(1, Math.floor(count * 0.618))
  while (greatestCommonDivisor(step, count) !== 1) step++
  return Array.from({ length: count }, (_, i) => (i * step) % count)
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}

function between({ least, most }: { readonly least: number; readonly most: number }, choose: Choices): number {
  return least + choose(most - least + 1)
}
