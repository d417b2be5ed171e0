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
    /** 0 idle, 1 moving, 2 harvesting. */
    readonly activity: Uint8Array
    readonly electricity: Int32Array
  }
  /** Never changes: the same object every time. */
  readonly asteroids: AsteroidColumns
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
