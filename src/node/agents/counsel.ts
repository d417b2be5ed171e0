import { allianceOfKey, artifactsOfKey, powerOrdersOfKey, votesKey } from '../../world/index.ts'
import type { AgentRecord, AllianceRecord, Votes } from '../../world/index.ts'
import { characterOf } from './character.ts'
import type { Choices } from './choices.ts'
import type { Gazetteer } from './gazetteer.ts'
import { work } from './industry/work.ts'
import { readMeans } from './industry/workshop-view.ts'
import type { AgentMind, Minds } from './minds.ts'
import type { AgentAction } from './situation.ts'
import { socialize } from './society/citizen.ts'
import { trade } from './society/commerce.ts'
import type { Merchant } from './society/commerce.ts'
import { AffairsReader } from './society/public-affairs.ts'
import type { Known, PublicAffairs } from './society/public-affairs.ts'
import { CM_PER_ELECTRICITY } from './surroundings.ts'
import { agentRecord } from './types.ts'
import type { AgentHost } from './types.ts'

/** Below this an agent thinks of nothing but electricity. */
const WORKS_ABOVE = 40
/** Of 100 turns, in how many an agent looks at what others do before it works. */
const SOCIABLE_TURNS = 50
/** Strangers considered as allies. */
const STRANGERS = 3
/** What a move may cost beyond the price by distance: cargo weighs. */
const HEAVY_LOAD = 15
/** Allies whose factories an agent uses. */
const ALLIES = 3

export interface CounselInit {
  readonly host: AgentHost
  readonly minds: Minds
  readonly gazetteer: Gazetteer
  /** Agents there may be. */
  readonly count: number
}

/** What an agent does beyond staying alive: its trade, its business with others, its part in public matters. */
export class Counsel {
  private readonly init: CounselInit
  private readonly affairs: AffairsReader

  constructor(init: CounselInit) {
    this.init = init
    this.affairs = new AffairsReader(init.host)
  }

  /** Null when there is nothing to do but live on. */
  async advise(mind: AgentMind, record: AgentRecord, height: number, choose: Choices): Promise<AgentAction | null> {
    const here = record.location
    if (here === null || record.electricity < WORKS_ABOVE) return null
    const affairs = await this.affairs.at(height)
    const character = characterOf(mind.index)
    const alliance = await this.allianceOf(mind.id)
    if (choose(100) < SOCIABLE_TURNS) {
      const merchant = await this.merchant(mind, record, here, alliance, affairs, choose)
      const action = socialize(character, merchant, affairs, choose) ?? trade(character, merchant, affairs, choose)
      if (action !== null) return this.affordable(action, record, here)
    }
    if (character !== 'miner' && character !== 'smelter' && character !== 'builder') return null
    const allies = (alliance?.record.members ?? []).filter((member) => member !== mind.id).slice(0, ALLIES)
    const means = await readMeans(this.init.host, this.init.gazetteer, mind.id, record, here, allies)
    const action = work(character, { agent: mind.id, means, stage: affairs.stage, certified: affairs.certified }, choose)
    return action === null ? null : this.affordable(action, record, here)
  }

  private async merchant(mind: AgentMind, record: AgentRecord, here: string, alliance: Known<AllianceRecord> | null, { contracts }: PublicAffairs, choose: Choices): Promise<Merchant> {
    const { host } = this.init
    const character = characterOf(mind.index)
    const whereabouts = new Map<string, string | null>()
    for (const { record: { counterparty, creator, status } } of contracts) {
      if (counterparty === mind.id && status === 'accepted') whereabouts.set(creator, agentRecord(await host.record(creator))?.location ?? null)
    }
    return {
      agent: mind.id, name: mind.name, registered_at: record.registered_at, here,
      electricity: record.electricity, data: record.data, cargo: record.materials,
      alliance, whereabouts,
      votes: ((await host.record(votesKey(mind.id))) ?? []) as unknown as Votes,
      acquaintances: character === 'diplomat' || character === 'raider' ? await this.strangers(mind, choose) : [],
      open_orders: (((await host.record(powerOrdersOfKey(mind.id))) ?? []) as readonly string[]).length,
      artifacts: ((await host.record(artifactsOfKey(mind.id))) ?? []) as readonly string[],
    }
  }

  private async allianceOf(agent: string): Promise<Known<AllianceRecord> | null> {
    const membership = (await this.init.host.record(allianceOfKey(agent))) as { readonly alliance_id: string } | null
    if (membership === null) return null
    const record = (await this.init.host.record(membership.alliance_id)) as unknown as AllianceRecord | null
    return record === null ? null : { id: membership.alliance_id, record }
  }

  /** Agents of the world that belong to nobody. */
  private async strangers(mind: AgentMind, choose: Choices): Promise<readonly string[]> {
    const { host, minds, count } = this.init
    const found = new Set<string>()
    for (let i = 0; i < STRANGERS; i++) {
      const { id, index } = minds.get(choose(count))
      if (index === mind.index || (await host.record(id)) === null || (await host.record(allianceOfKey(id))) !== null) continue
      found.add(id)
    }
    return [...found]
  }

  /** A way it cannot pay for is not taken: the agent gathers electricity first. */
  private affordable(action: AgentAction, { electricity }: AgentRecord, here: string): AgentAction | null {
    if (action.kind !== 'move_agent') return action
    return Math.ceil(this.init.gazetteer.longestWay(here, action.to) / CM_PER_ELECTRICITY) + HEAVY_LOAD > electricity ? null : action
  }
}
