import { MATERIALS } from '../../world/index.ts'
import type { AsteroidColumns, Material } from '../../world/index.ts'

/** Nearest asteroids considered as destinations; a few far ones come from elsewhere in the list. */
const NEIGHBOURS = 8
/** Radiation below this keeps nobody going who works there. */
const WORTH_HARVESTING = 15
/** Rocks to look for an element in: carbon and silicate where they have everything a smelter needs besides. */
const WORKABLE_ROCKS: Readonly<Record<string, readonly Material[]>> = {
  Fe: ['carbon'], C: ['carbon'], Si: ['carbon'], Cu: ['carbon'], Nd: ['composite'],
}

/** Where the asteroids are and who was last known to be at each, or on the way there. */
export class Gazetteer {
  private readonly asteroids: AsteroidColumns
  private readonly indexOf: ReadonlyMap<string, number>
  private readonly neighboursOf = new Map<number, readonly number[]>()
  private readonly agentsBy = new Map<string, Set<number>>()
  private readonly locationOf = new Map<number, string>()

  constructor(asteroids: AsteroidColumns) {
    this.asteroids = asteroids
    this.indexOf = new Map(asteroids.ids.map((id, index) => [id, index]))
  }

  radiationAt(id: string): number {
    const index = this.indexOf.get(id)
    return index === undefined ? 0 : this.asteroids.radiation[index]!
  }

  /**
   * The nearest place other than `id` where an element can be dug and there is something to harvest; null when the belt has none.
   * Known by its kind of rock: what is left of it shows on arrival.
   */
  nearestWorkable(id: string, element: string): string | null {
    const from = this.indexOf.get(id)
    if (from === undefined) return null
    const rocks = WORKABLE_ROCKS[element] ?? []
    let nearest: number | null = null
    for (let to = 0; to < this.asteroids.count; to++) {
      if (to === from || this.asteroids.radiation[to]! < WORTH_HARVESTING || !rocks.includes(MATERIALS[this.asteroids.material[to]!]!)) continue
      if (nearest === null || this.squaredDistance(from, to) < this.squaredDistance(from, nearest)) nearest = to
    }
    return nearest === null ? null : this.asteroids.ids[nearest]!
  }

  get count(): number {
    return this.asteroids.count
  }

  idAt(index: number): string {
    return this.asteroids.ids[index]!
  }

  /** The nearest asteroids, nearest first; worked out once per asteroid. */
  nearest(id: string): readonly string[] {
    const from = this.indexOf.get(id)
    if (from === undefined) return []
    let found = this.neighboursOf.get(from)
    if (found === undefined) {
      const squared = (to: number): number => this.squaredDistance(from, to)
      found = Array.from({ length: this.asteroids.count }, (_, index) => index)
        .filter((index) => index !== from)
        .sort((a, b) => squared(a) - squared(b))
        .slice(0, NEIGHBOURS)
      this.neighboursOf.set(from, found)
    }
    return found.map((index) => this.asteroids.ids[index]!)
  }

  /** No way from any dock of one to any dock of the other is longer. */
  longestWay(fromId: string, toId: string): number {
    const from = this.indexOf.get(fromId)
    const to = this.indexOf.get(toId)
    if (from === undefined || to === undefined) return Number.MAX_SAFE_INTEGER
    const { radius } = this.asteroids
    return Math.ceil(Math.sqrt(this.squaredDistance(from, to))) + radius[from]! + radius[to]!
  }

  /** Remembers where an agent is or goes; null when nobody knows. */
  saw(agent: number, location: string | null): void {
    const before = this.locationOf.get(agent)
    if (before === location) return
    if (before !== undefined) {
      const agents = this.agentsBy.get(before)
      agents?.delete(agent)
      if (agents?.size === 0) this.agentsBy.delete(before)
    }
    if (location === null) {
      this.locationOf.delete(agent)
      return
    }
    this.locationOf.set(agent, location)
    const agents = this.agentsBy.get(location)
    if (agents === undefined) this.agentsBy.set(location, new Set([agent]))
    else agents.add(agent)
  }

  agentsAt(id: string): readonly number[] {
    return [...(this.agentsBy.get(id) ?? [])]
  }

  agentCountAt(id: string): number {
    return this.agentsBy.get(id)?.size ?? 0
  }

  private squaredDistance(a: number, b: number): number {
    const { x, y, z } = this.asteroids
    return (x[a]! - x[b]!) ** 2 + (y[a]! - y[b]!) ** 2 + (z[a]! - z[b]!) ** 2
  }
}
