/**
 * What the page may ask of the world renderer. The renderer draws in a worker on a canvas handed over once; the page keeps the element, its gestures and
 * everything made of text. World columns reach the renderer from the node through `framePort` and never pass through the page.
 */

/** CSS pixels, and the device pixels per CSS pixel the picture is drawn at. */
export interface SurfaceSize {
  readonly width: number
  readonly height: number
  readonly dpr: number
}

export type EntityKind = 'agent' | 'asteroid' | 'factory'

/** What lies under a point of the canvas. `id` is a state key: `agent/<32 hex>`, `asteroid/<digits>` or `factory/<16 hex>`. */
export interface Picked {
  readonly kind: EntityKind
  readonly id: string
}

export type AgentActivity = 'idle' | 'moving' | 'harvesting' | 'working'

/** One row of the table "Agents in view". `kind` says what the row is; asteroids have an empty name and are idle. */
export interface VisibleEntity {
  readonly id: string
  readonly name: string
  readonly kind: EntityKind
  readonly activity: AgentActivity
}

/** CSS pixels relative to the canvas. `zoomAt.factor` above 1 comes closer. `center` brings an entity to the middle. */
export interface CameraUpdate {
  readonly panBy?: { readonly dx: number; readonly dy: number }
  readonly zoomAt?: { readonly x: number; readonly y: number; readonly factor: number }
  /** Shows the whole belt. */
  readonly reset?: true
  readonly center?: string
}

export interface WorldLayers {
  readonly agents: boolean
  readonly asteroids: boolean
  /** Factories and material on its way. */
  readonly industry: boolean
  readonly labels: boolean
  readonly heat: boolean
}

export interface RenderStats {
  readonly fps: number
  /** 95th percentile of the time one frame takes in the worker, milliseconds. */
  readonly p95Ms: number
  /** Agents of the newest frame. */
  readonly agents: number
  /** Drawing method in use, e.g. `cpu` or `webgl2`. */
  readonly backend: string
}

export type Theme = 'dark' | 'light'

export interface RendererClient {
  /** Hands the canvas over to the worker; once per canvas element. */
  attach(canvas: HTMLCanvasElement, size: SurfaceSize): void
  resize(size: SurfaceSize): void
  /** Port for `NodeApi.attachRenderer`; transfer it to the node worker. */
  framePort(): MessagePort
  setCamera(update: CameraUpdate): void
  select(id: string | null): void
  /** Keeps an agent in the middle until null or until the camera is panned. */
  follow(id: string | null): void
  setLayers(layers: WorldLayers): void
  setTheme(theme: Theme): void
  /** No interpolation and no eased camera: one step per block. */
  setReducedMotion(reduced: boolean): void
  /** Nearest entity within reach of a pointer at a point of the canvas, CSS pixels. */
  pick(x: number, y: number): Promise<Picked | null>
  /** Agents inside the picture, nearest to its middle first, at most `limit`. */
  inView(limit: number): Promise<readonly VisibleEntity[]>
  /** About once a second while drawing. */
  onStats(listener: (stats: RenderStats) => void): void
  dispose(): void
}

/** `createRendererClient(worker)` of `render/index.ts`. */
export type CreateRendererClient = (worker: Worker) => RendererClient
