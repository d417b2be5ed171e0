import type { AgentColumns, AgentRoster, AsteroidColumns, ViewFrame } from '../../node/index.ts'
import type { FactoryColumns, TransitColumns } from '../../world/index.ts'

const NO_AGENTS: AgentColumns = {
  count: 0, x: new Int32Array(0), y: new Int32Array(0), prevX: new Int32Array(0), prevY: new Int32Array(0), activity: new Uint8Array(0),
}
const NO_ASTEROIDS: AsteroidColumns = {
  count: 0, ids: [], x: new Int32Array(0), y: new Int32Array(0), radius: new Int32Array(0), radiation: new Int32Array(0), material: new Uint8Array(0),
}

const NO_FACTORIES: FactoryColumns = { count: 0, ids: [], asteroid: new Int32Array(0), type: new Uint8Array(0), activity: new Uint8Array(0) }
const NO_TRANSITS: TransitColumns = { count: 0, ids: [], from: new Int32Array(0), to: new Int32Array(0), depart: new Int32Array(0), arrive: new Int32Array(0) }

/** The world as the renderer last heard of it, and where everybody is between two blocks. */
export class Scene {
  height = 0
  agents: AgentColumns = NO_AGENTS
  asteroids: AsteroidColumns = NO_ASTEROIDS
  factories: FactoryColumns = NO_FACTORIES
  /** Which of the factories at its asteroid each is, from 0. */
  factoryOrdinals = new Int32Array(0)
  transits: TransitColumns = NO_TRANSITS
  /** How far the block after `height` has come, 0–1; `interpolate` sets it. */
  progress = 1
  roster: AgentRoster = { ids: [], names: [] }
  /** Positions at this instant; `interpolate` fills them. */
  x = new Float32Array(0)
  y = new Float32Array(0)
  private rows = new Map<string, number>()
  private factoryRows = new Map<string, number>()
  private asteroidRows = new Map<string, number>()
  private receivedAt = 0
  private intervalMs = 1_000

  /** Takes a frame; `now` in milliseconds of any monotonic clock. Asteroids, being fixed, come once. */
  update(frame: ViewFrame, now: number): void {
    this.height = frame.height
    this.agents = frame.agents
    this.receivedAt = now
    this.intervalMs = frame.block_interval_ms
    if (frame.roster !== null) {
      this.roster = frame.roster
      this.rows = new Map(frame.roster.ids.map((id, row) => [id, row]))
    }
    if (frame.asteroids !== null) {
      this.asteroids = frame.asteroids
      this.asteroidRows = new Map(frame.asteroids.ids.map((id, row) => [id, row]))
    }
    if (frame.factories !== null) this.takeFactories(frame.factories)
    if (frame.transits !== null) this.transits = frame.transits
    if (this.x.length < frame.agents.count) {
      this.x = new Float32Array(frame.agents.count)
      this.y = new Float32Array(frame.agents.count)
    }
  }

  agentRow(id: string | null): number {
    return id === null ? -1 : (this.rows.get(id) ?? -1)
  }

  asteroidRow(id: string | null): number {
    return id === null ? -1 : (this.asteroidRows.get(id) ?? -1)
  }

  factoryRow(id: string | null): number {
    return id === null ? -1 : (this.factoryRows.get(id) ?? -1)
  }

  private takeFactories(factories: FactoryColumns): void {
    this.factories = factories
    this.factoryRows = new Map(factories.ids.map((id, row) => [id, row]))
    const counts = new Map<number, number>()
    this.factoryOrdinals = factories.asteroid.map((asteroid) => {
      const ordinal = counts.get(asteroid) ?? 0
      counts.set(asteroid, ordinal + 1)
      return ordinal
    })
  }

  /** Moves everybody to where they are at `now`; without interpolation they stand where the newest block has them. */
  interpolate(now: number, smooth: boolean): void {
    const { count, x, y, prevX, prevY } = this.agents
    const progress = smooth ? Math.min(1, Math.max(0, (now - this.receivedAt) / this.intervalMs)) : 1
    this.progress = progress
    for (let row = 0; row < count; row++) {
      this.x[row] = prevX[row]! + (x[row]! - prevX[row]!) * progress
      this.y[row] = prevY[row]! + (y[row]! - prevY[row]!) * progress
    }
  }
}
