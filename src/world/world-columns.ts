import { positionAt } from './geometry.ts'
import { IndustryColumns } from './industry-columns.ts'
import { AGENT_PREFIX, ASTEROID_PREFIX, compareStateKeys } from './state/keys.ts'
import { readAgent, readAsteroid } from './state/read.ts'
import { MATERIALS } from './state/records.ts'
import type { AgentRecord, Vector } from './state/records.ts'
import type { CommittedState, StateChange } from './state/state.ts'
import type { AsteroidColumns, WorldView } from './view.ts'

const IDLE = 0
const MOVING = 1
const HARVESTING = 2
const WORKING = 3
const MAX_INT32 = 0x7fff_ffff

/** Follows the committed state and lays it out in columns when asked. */
export class WorldColumns {
  private ids: string[] = []
  private names: string[] = []
  private revision = 0
  private asteroids: AsteroidColumns
  private readonly industry: IndustryColumns
  /** Where agents changed by the newest block were before it; all others can be computed. */
  private readonly before = new Map<string, Vector>()

  constructor(state: CommittedState) {
    const keys = state.keys()
    this.setIds(keys.filter((key) => key.startsWith(AGENT_PREFIX)), state)
    this.asteroids = asteroidColumns(keys.filter((key) => key.startsWith(ASTEROID_PREFIX)), state)
    this.industry = new IndustryColumns(keys, this.asteroids.ids)
  }

  /** Ascending. Replaced, never changed in place. */
  get agentIds(): readonly string[] {
    return this.ids
  }

  /** Called before `state` takes over the changes of the next height. */
  beforeCommit(state: CommittedState, changes: readonly StateChange[]): void {
    this.before.clear()
    for (const { key } of changes) {
      if (!key.startsWith(AGENT_PREFIX)) continue
      const old = readAgent(state, key)
      if (old !== null) this.before.set(key, positionAt(old, state.height))
    }
  }

  afterCommit(state: CommittedState, changes: readonly StateChange[]): void {
    this.industry.afterCommit(changes)
    const added = changes.filter(({ key, item }) => item !== null && key.startsWith(AGENT_PREFIX) && !this.before.has(key)).map(({ key }) => key)
    if (added.length > 0) this.setIds([...this.ids, ...added].sort(compareStateKeys), state)
  }

  view(state: CommittedState): WorldView {
    const count = this.ids.length
    const column = (): Int32Array => new Int32Array(count)
    const [x, y, z, prevX, prevY, electricity] = [column(), column(), column(), column(), column(), column()]
    const activity = new Uint8Array(count)
    const { height } = state
    const totals = { electricity: 0, data: 0 }
    for (let i = 0; i < count; i++) {
      const id = this.ids[i]!
      const agent = readAgent(state, id)!
      const now = positionAt(agent, height)
      const then = this.before.get(id) ?? positionAt(agent, height - 1)
      x[i] = now.x
      y[i] = now.y
      z[i] = now.z
      prevX[i] = then.x
      prevY[i] = then.y
      activity[i] = activityOf(agent)
      electricity[i] = Math.min(agent.electricity, MAX_INT32)
      totals.electricity += agent.electricity
      totals.data += agent.data
    }
    return {
      height,
      agents: { count, revision: this.revision, ids: this.ids, names: this.names, x, y, z, prevX, prevY, activity, electricity },
      totals,
      asteroids: this.asteroids,
      factories: this.industry.factoryColumns(state),
      transits: this.industry.transitColumns(state),
    }
  }

  /** The asteroids of `other`, if they are the same, so that a reload does not change the object. */
  keepStatic(other: WorldColumns): void {
    this.asteroids = other.asteroids
    this.revision = other.revision + 1
  }

  private setIds(ids: string[], state: CommittedState): void {
    this.ids = ids
    this.names = ids.map((id) => readAgent(state, id)!.name)
    this.revision++
  }
}

function activityOf({ motion, task }: AgentRecord): number {
  return motion !== null ? MOVING : task === null ? IDLE : task.kind === 'harvest' ? HARVESTING : WORKING
}

function asteroidColumns(ids: string[], state: CommittedState): AsteroidColumns {
  const records = ids.map((id) => readAsteroid(state, id)!)
  const column = (of: (record: (typeof records)[number]) => number): Int32Array => Int32Array.from(records, of)
  return {
    count: ids.length,
    ids,
    x: column(({ position }) => position.x),
    y: column(({ position }) => position.y),
    z: column(({ position }) => position.z),
    radius: column(({ radius_cm }) => radius_cm),
    radiation: column(({ radiation }) => radiation),
    material: Uint8Array.from(records, ({ material }) => MATERIALS.indexOf(material)),
  }
}
