import type { Candidate } from './actions/action-rule.ts'
import { integerSqrt, positionAt, squaredDistance } from './geometry.ts'
import { readAgent } from './state/read.ts'
import type { Vector } from './state/records.ts'
import type { StateReader } from './state/state.ts'

interface Spot {
  readonly agent_id: string
  /** Place among all ids in order: compared in their stead. */
  readonly rank: number
  readonly position: Vector
}

interface Near {
  readonly spot: Spot
  readonly squared: number
}

function isNearer(squared: number, { rank }: Spot, than: Near): boolean {
  return squared < than.squared || (squared === than.squared && rank < than.spot.rank)
}

/**
 * Finds agents near a position at one height. Knows the agents that were in the world before the block's actions, at their positions of
 * that height, which no action of the block changes; so it may be built when first asked.
 */
export class Neighbourhood {
  private readonly state: StateReader
  private readonly agentIds: readonly string[]
  private readonly height: number
  private readonly range: number
  private readonly limit: number
  private cells: Map<string, Spot[]> | null = null

  constructor(state: StateReader, agentIds: readonly string[], height: number, range: number, limit: number) {
    this.state = state
    this.agentIds = agentIds
    this.height = height
    this.range = range
    this.limit = limit
  }

  /** Nearest first, equal distances by id; never `except`. */
  around(from: Vector, except: string): Candidate[] {
    const cells = (this.cells ??= this.build())
    const { range } = this
    const near: Near[] = []
    const [cx, cy] = [Math.floor(from.x / range), Math.floor(from.y / range)]
    for (let x = cx - 1; x <= cx + 1; x++) {
      for (let y = cy - 1; y <= cy + 1; y++) {
        for (const spot of cells.get(`${x} ${y}`) ?? []) {
          const squared = squaredDistance(spot.position, from)
          if (squared <= range * range && spot.agent_id !== except) this.note(near, spot, squared)
        }
      }
    }
    return near.map(({ spot: { agent_id, position }, squared }) => ({ agent_id, position, distance_cm: integerSqrt(squared) }))
  }

  /** Keeps the nearest in order. Sorting all that are in range would be most of the work of a look. */
  private note(near: Near[], spot: Spot, squared: number): void {
    if (near.length === this.limit) {
      if (!isNearer(squared, spot, near[near.length - 1]!)) return
      near.pop()
    }
    let at = near.length
    while (at > 0 && isNearer(squared, spot, near[at - 1]!)) at--
    near.splice(at, 0, { spot, squared })
  }

  private build(): Map<string, Spot[]> {
    const cells = new Map<string, Spot[]>()
    this.agentIds.forEach((agent_id, rank) => {
      const position = positionAt(readAgent(this.state, agent_id)!, this.height)
      const cell = `${Math.floor(position.x / this.range)} ${Math.floor(position.y / this.range)}`
      const spots = cells.get(cell)
      if (spots === undefined) cells.set(cell, [{ agent_id, rank, position }])
      else spots.push({ agent_id, rank, position })
    })
    return cells
  }
}
