/** Columns of the world at one height for the renderer. Positions in centimetres; `prev…` are those one block earlier. */
export interface WorldView {
  readonly height: number
  readonly agents: {
    readonly count: number
    /** Changes when the list of ids does. */
    readonly revision: number
    /** Ascending. */
    readonly ids: string[]
    readonly names: string[]
    readonly x: Int32Array
    readonly y: Int32Array
    readonly z: Int32Array
    readonly prevX: Int32Array
    readonly prevY: Int32Array
    /** 0 idle, 1 moving, 2 harvesting, 3 at other work. */
    readonly activity: Uint8Array
    readonly electricity: Int32Array
  }
  /** What all agents hold together. */
  readonly totals: { readonly electricity: number; readonly data: number }
  /** Never changes: the same object every time. */
  readonly asteroids: AsteroidColumns
  /** The same object until a factory changes. */
  readonly factories: FactoryColumns
  /** The same object until one departs or arrives. */
  readonly transits: TransitColumns
}

export interface FactoryColumns {
  readonly count: number
  /** Ascending. */
  readonly ids: string[]
  /** Row of the asteroid it stands at. */
  readonly asteroid: Int32Array
  /** Position in `FACTORY_TYPES`. */
  readonly type: Uint8Array
  /** 0 under construction, 1 idle, 2 running, 3 worn out. */
  readonly activity: Uint8Array
}

/** What a factory is first of all, by its kind's middle part. */
export const FACTORY_TYPES = ['miner', 'smelter', 'assembler'] as const

/** Material on its way, in a straight line. */
export interface TransitColumns {
  readonly count: number
  /** Ascending. */
  readonly ids: string[]
  /** Rows of asteroids. */
  readonly from: Int32Array
  readonly to: Int32Array
  readonly depart: Int32Array
  readonly arrive: Int32Array
}

export interface AsteroidColumns {
  readonly count: number
  readonly ids: string[]
  readonly x: Int32Array
  readonly y: Int32Array
  readonly z: Int32Array
  readonly radius: Int32Array
  readonly radiation: Int32Array
  /** Position in `MATERIALS`. */
  readonly material: Uint8Array
}
