import type { FactoryColumns, TransitColumns } from '../world/index.ts'

/** World columns from the node to the renderer, one frame after every verified block. All positions in centimetres. */
export interface AgentColumns {
  readonly count: number
  /** Positions at this height and one block earlier: the renderer moves between them over one block interval. */
  readonly x: Int32Array
  readonly y: Int32Array
  readonly prevX: Int32Array
  readonly prevY: Int32Array
  /** 0 idle, 1 moving, 2 harvesting, 3 at other work. */
  readonly activity: Uint8Array
}

/** Who stands behind the rows of `AgentColumns`; sent again only when it changes. */
export interface AgentRoster {
  readonly ids: readonly string[]
  readonly names: readonly string[]
}

export interface AsteroidColumns {
  readonly count: number
  readonly ids: readonly string[]
  readonly x: Int32Array
  readonly y: Int32Array
  /** Centimetres. */
  readonly radius: Int32Array
  readonly radiation: Int32Array
  readonly material: Uint8Array
}

export interface ViewFrame {
  readonly type: 'frame'
  readonly height: number
  readonly block_interval_ms: number
  readonly agents: AgentColumns
  /** Null: as in the frame before. */
  readonly roster: AgentRoster | null
  /** Null: as in the frame before. They do not move. */
  readonly asteroids: AsteroidColumns | null
  /** Null: as in the frame before. Their rows of asteroids are those of `AsteroidColumns`. */
  readonly factories: FactoryColumns | null
  readonly transits: TransitColumns | null
}
