import type { ViewFrame } from '../../node/index.ts'
import { approach, fitCamera, fitScale, isSettled, limitCamera, pan, zoomAt } from './camera.ts'
import type { Camera, Viewport } from './camera.ts'
import type { CameraUpdate, SurfaceSize, Theme, WorldLayers } from './contract.ts'
import { CpuSurface } from './cpu/cpu-surface.ts'
import { FrameStats } from './frame-stats.ts'
import { agentsInView, pick } from './picking.ts'
import type { FromRenderer, ToRenderer } from './protocol.ts'
import { Scene } from './scene.ts'
import type { Surface } from './surface.ts'

/** Above two device pixels per CSS pixel nobody sees the difference, but everybody pays for it. */
const MAX_DPR = 2
/** Half-life of the camera's way to its target, milliseconds. */
const EASE_MS = 70
/** Zoom, against the whole belt, at which an agent brought to the middle is looked at. */
const CLOSE_UP = 5
/** Zoom from which somebody followed is seen to move. */
const FOLLOW_ZOOM = 2.2
/** One breath of the glow around those who harvest. */
const PULSE_MS = 2_400
const PICK_REACH_CSS_PX = 14
/** A second of frames slower than this drops to every other frame: battery before smoothness. */
const SLOW_FRAME_MS = 20

/** The renderer inside its worker: takes frames from the node and messages from the page, draws at display rate. */
export class RenderWorker {
  private readonly post: (message: FromRenderer) => void
  private readonly scene = new Scene()
  private readonly stats = new FrameStats()
  private surface: Surface | null = null
  private view: Viewport = { width: 1, height: 1 }
  private dpr = 1
  private camera: Camera = fitCamera(this.view)
  private target: Camera = this.camera
  private layers: WorldLayers = { agents: true, asteroids: true, industry: true, labels: true, heat: false }
  private theme: Theme = 'dark'
  private selected: string | null = null
  private followed: string | null = null
  private reducedMotion = false
  private visible = true
  private running = false
  private lastFrameAt = 0
  private skipEveryOther = false
  private odd = false

  constructor(post: (message: FromRenderer) => void) {
    this.post = post
  }

  receive(message: ToRenderer): void {
    switch (message.type) {
      case 'attach':
        this.applySize(message.size)
        this.surface = new CpuSurface(message.canvas, this.view)
        this.camera = this.target = fitCamera(this.view)
        break
      case 'resize':
        this.applySize(message.size)
        this.surface?.resize(this.view)
        break
      case 'frames':
        message.port.onmessage = ({ data }: MessageEvent<ViewFrame>) => this.scene.update(data, performance.now())
        break
      case 'camera':
        this.moveCamera(message.update)
        break
      case 'select':
        this.selected = message.id
        break
      case 'follow':
        this.startFollowing(message.id)
        break
      case 'layers':
        this.layers = message.layers
        break
      case 'theme':
        this.theme = message.theme
        break
      case 'motion':
        this.reducedMotion = message.reduced
        break
      case 'visible':
        this.visible = message.visible
        this.stats.reset()
        break
      case 'pick':
        this.scene.interpolate(performance.now(), !this.reducedMotion)
        this.post({
          type: 'picked', request: message.request,
          picked: pick(this.scene, this.camera, this.view, message.x * this.dpr, message.y * this.dpr, PICK_REACH_CSS_PX * this.dpr, this.dpr),
        })
        break
      case 'in-view':
        this.post({ type: 'viewed', request: message.request, agents: agentsInView(this.scene, this.camera, this.view, message.limit) })
    }
    this.run()
  }

  private applySize({ width, height, dpr }: SurfaceSize): void {
    const before = fitScale(this.view)
    this.dpr = Math.min(MAX_DPR, Math.max(1, dpr))
    this.view = { width: Math.max(1, Math.round(width * this.dpr)), height: Math.max(1, Math.round(height * this.dpr)) }
    const ratio = fitScale(this.view) / before // the same part of the world stays in the picture
    this.target = limitCamera({ ...this.target, scale: this.target.scale * ratio }, this.view)
    this.camera = this.target
  }

  private moveCamera({ panBy, zoomAt: zoom, reset, center }: CameraUpdate): void {
    if (reset === true) {
      this.followed = null
      this.target = fitCamera(this.view)
    }
    if (panBy !== undefined) {
      this.followed = null
      this.target = this.camera = pan(this.camera, this.view, panBy.dx * this.dpr, panBy.dy * this.dpr)
    }
    if (zoom !== undefined) this.target = this.camera = zoomAt(this.camera, this.view, zoom.x * this.dpr, zoom.y * this.dpr, zoom.factor)
    if (center !== undefined) {
      const place = this.placeOf(center)
      if (place !== null) {
        this.target = limitCamera({ ...place, scale: Math.max(this.target.scale, fitScale(this.view) * CLOSE_UP) }, this.view)
      }
    }
  }

  private startFollowing(id: string | null): void {
    if (id !== null && this.followed === null) this.target = limitCamera({ ...this.target, scale: Math.max(this.target.scale, fitScale(this.view) * FOLLOW_ZOOM) }, this.view)
    this.followed = id
  }

  private placeOf(id: string): { centerX: number; centerY: number } | null {
    const agent = this.scene.agentRow(id)
    if (agent >= 0) return { centerX: this.scene.x[agent]!, centerY: this.scene.y[agent]! }
    const asteroid = this.scene.asteroidRow(id)
    if (asteroid >= 0) return { centerX: this.scene.asteroids.x[asteroid]!, centerY: this.scene.asteroids.y[asteroid]! }
    const factory = this.scene.factoryRow(id)
    if (factory >= 0) {
      const at = this.scene.factories.asteroid[factory]!
      return { centerX: this.scene.asteroids.x[at]!, centerY: this.scene.asteroids.y[at]! }
    }
    return null
  }

  private run(): void {
    if (this.running || this.surface === null || !this.visible) return
    this.running = true
    this.lastFrameAt = performance.now()
    requestAnimationFrame((now) => this.frame(now))
  }

  private frame(now: number): void {
    if (!this.visible || this.surface === null) {
      this.running = false
      return
    }
    requestAnimationFrame((next) => this.frame(next))
    this.odd = !this.odd
    if (this.skipEveryOther && this.odd) return
    const started = performance.now()
    this.scene.interpolate(started, !this.reducedMotion)
    this.advanceCamera(started - this.lastFrameAt)
    this.lastFrameAt = started
    this.surface.draw({
      scene: this.scene, camera: this.camera, view: this.view, dpr: this.dpr, theme: this.theme, layers: this.layers,
      selectedAgent: this.scene.agentRow(this.selected), selectedAsteroid: this.scene.asteroidRow(this.selected),
      selectedFactory: this.scene.factoryRow(this.selected),
      pulse: this.reducedMotion ? 0.5 : 0.5 - Math.cos((started / PULSE_MS) * 2 * Math.PI) / 2,
    })
    const figures = this.stats.add(now, performance.now() - started)
    if (figures === null) return
    this.skipEveryOther = figures.p95Ms > SLOW_FRAME_MS
    this.post({ type: 'stats', stats: { ...figures, agents: this.scene.agents.count, backend: this.surface.name } })
  }

  private advanceCamera(elapsedMs: number): void {
    if (this.followed !== null) {
      const place = this.placeOf(this.followed)
      if (place !== null) this.target = limitCamera({ ...this.target, ...place }, this.view)
    }
    if (this.camera === this.target) return
    this.camera = this.reducedMotion || isSettled(this.camera, this.target) ? this.target : approach(this.camera, this.target, elapsedMs, EASE_MS)
  }
}
