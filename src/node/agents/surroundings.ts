import type { AgentRecord, WorldParams } from '../../world/index.ts'
import type { Choices } from './choices.ts'
import type { Gazetteer } from './gazetteer.ts'
import type { AgentMind, Minds } from './minds.ts'
import type { AgentSituation, Companion, Destination } from './situation.ts'
import { agentRecord, whereabouts } from './types.ts'
import type { AgentHost } from './types.ts'

/** Companions considered for a gift, and records looked at to find them. */
const COMPANIONS = 2
const COMPANION_LOOKS = 4
/** Destinations besides the neighbours. */
const FAR_PLACES = 3
/** What m1.rule.move charges a unit of electricity for. An agent that is wrong about it is rejected and tries something else. */
export const CM_PER_ELECTRICITY = 100_000

export interface SurroundingsInit {
  readonly host: AgentHost
  readonly minds: Minds
  readonly gazetteer: Gazetteer
  readonly params: WorldParams
}

/** Puts together what an agent can see from where it is. */
export class Surroundings {
  private readonly init: SurroundingsInit

  constructor(init: SurroundingsInit) {
    this.init = init
  }

  async of(mind: AgentMind, record: AgentRecord, height: number, choose: Choices): Promise<AgentSituation> {
    const { gazetteer, params } = this.init
    const { electricity, data, location, motion, task } = record
    return {
      height, electricity, data,
      electricity_capacity: params.electricity_capacity,
      harvest_blocks_max: params.harvest_blocks_max,
      busy: motion !== null || task !== null,
      here: location === null ? null : { id: location, radiation: gazetteer.radiationAt(location) },
      places: location === null ? [] : this.places(location, choose),
      companions: location === null ? [] : await this.companions(mind, location, height, choose),
    }
  }

  /** The neighbourhood, nearest first, and some places anywhere in the belt. */
  private places(location: string, choose: Choices): readonly Destination[] {
    const { gazetteer } = this.init
    const ids = new Set(gazetteer.nearest(location))
    for (let i = 0; i < FAR_PLACES; i++) ids.add(gazetteer.idAt(choose(gazetteer.count)))
    ids.delete(location)
    return [...ids].map((id) => ({
      id,
      radiation: gazetteer.radiationAt(id),
      cost: Math.ceil(gazetteer.longestWay(location, id) / CM_PER_ELECTRICITY),
      agents: gazetteer.agentCountAt(id),
    }))
  }

  /** Agents of ours that are here and have no action on its way, so are not about to leave. */
  private async companions(mind: AgentMind, location: string, height: number, choose: Choices): Promise<readonly Companion[]> {
    const { gazetteer, minds, host, params } = this.init
    const here = gazetteer.agentsAt(location).filter((index) => index !== mind.index)
    const found: Companion[] = []
    const first = choose(Math.max(1, here.length))
    let looks = 0
    for (let i = 0; i < here.length && looks < COMPANION_LOOKS && found.length < COMPANIONS; i++) {
      const other = minds.get(here[(first + i) % here.length]!)
      if (other.pending !== null || other.awaited_until >= height) continue
      looks++
      const record = agentRecord(await host.record(other.id))
      gazetteer.saw(other.index, whereabouts(record))
      if (record === null || record.location !== location) continue
      // What is being harvested may have arrived before a gift does.
      const electricity = Math.min(params.electricity_capacity, record.electricity + (record.task?.kind === 'harvest' ? record.task.amount : 0))
      found.push({ agent_id: other.id, electricity, data: record.data })
    }
    return found
  }
}
