import { toScreenX, toScreenY, fitScale } from '../camera.ts'
import type { Viewport } from '../camera.ts'
import type { Picture, Surface } from '../surface.ts'
import { agentRadius } from './agents.ts'
import { paintBackdrop, paintInhabitants } from './paint.ts'
import { paletteOf } from './palette.ts'
import type { Raster } from './raster.ts'

/** Labels on screen at once; more would cover the world they name. */
const MAX_LABELS = 60
/** Labels appear from this zoom on, or at any zoom in small worlds. */
const LABEL_ZOOM = 2.5
const SMALL_WORLD = 40

/**
 * Pixels painted by the CPU into memory and put on the canvas in one call: the one way that holds the frame rate without a GPU
 * (research/ui.md §4.2). The backdrop is painted only when something it depends on changed.
 */
export class CpuSurface implements Surface {
  readonly name = 'cpu'
  private readonly canvas: OffscreenCanvas
  private readonly context: OffscreenCanvasRenderingContext2D
  private image: ImageData
  private raster: Raster
  private backdrop: Raster
  private painted: Pick<Picture, 'camera' | 'theme' | 'layers' | 'selectedAsteroid' | 'view'> & { asteroids: number } | null = null

  constructor(canvas: OffscreenCanvas, view: Viewport) {
    const context = canvas.getContext('2d', { alpha: false })
    if (context === null) throw new Error('this browser gives no 2D context to a worker')
    this.canvas = canvas
    this.context = context
    ;({ image: this.image, raster: this.raster, backdrop: this.backdrop } = this.allocate(view))
  }

  resize(view: Viewport): void {
    ;({ image: this.image, raster: this.raster, backdrop: this.backdrop } = this.allocate(view))
    this.painted = null
  }

  draw(picture: Picture): void {
    if (!this.backdropIsCurrent(picture)) {
      paintBackdrop(this.backdrop, picture)
      const { camera, theme, layers, selectedAsteroid, view } = picture
      this.painted = { camera, theme, layers, selectedAsteroid, view, asteroids: picture.scene.asteroids.count }
    }
    this.raster.pixels.set(this.backdrop.pixels)
    paintInhabitants(this.raster, picture)
    this.context.putImageData(this.image, 0, 0)
    if (picture.layers.labels) this.drawLabels(picture)
  }

  private allocate({ width, height }: Viewport): { image: ImageData; raster: Raster; backdrop: Raster } {
    this.canvas.width = width
    this.canvas.height = height
    const image = new ImageData(width, height)
    return {
      image,
      raster: { width, height, pixels: new Uint32Array(image.data.buffer) },
      backdrop: { width, height, pixels: new Uint32Array(width * height) },
    }
  }

  private backdropIsCurrent({ camera, theme, layers, selectedAsteroid, view, scene }: Picture): boolean {
    const { painted } = this
    return (
      painted !== null && painted.camera === camera && painted.theme === theme && painted.layers === layers && painted.view === view &&
      painted.selectedAsteroid === selectedAsteroid && painted.asteroids === scene.asteroids.count
    )
  }

  /** Names beside agents where there is room; the selected one always. Drawn as text, never as markup. */
  private drawLabels(picture: Picture): void {
    const { scene, camera, view, dpr, selectedAgent } = picture
    const near = camera.scale / fitScale(view) >= LABEL_ZOOM || scene.agents.count <= SMALL_WORLD
    const { context } = this
    const palette = paletteOf(picture.theme)
    context.font = `${Math.round(11 * dpr)}px system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif`
    context.textBaseline = 'middle'
    context.lineWidth = 4 * dpr
    context.lineJoin = 'round'
    context.strokeStyle = palette.labelShadow
    context.fillStyle = palette.label
    const offset = agentRadius(picture) + 5 * dpr
    const taken: { x: number; y: number }[] = []
    const label = (row: number): void => {
      const px = toScreenX(camera, view, scene.x[row]!)
      const py = toScreenY(camera, view, scene.y[row]!)
      if (px < 0 || py < 0 || px > view.width || py > view.height) return
      if (row !== selectedAgent && taken.some(({ x, y }) => Math.abs(x - px) < 70 * dpr && Math.abs(y - py) < 14 * dpr)) return
      taken.push({ x: px, y: py })
      const name = scene.roster.names[row] ?? ''
      const left = px + offset + (row === selectedAgent ? 4 * dpr : 0) // beside its ring
      context.strokeText(name, left, py)
      context.fillText(name, left, py)
    }
    if (selectedAgent >= 0) label(selectedAgent)
    if (!near) return
    for (let row = 0; row < scene.agents.count && taken.length < MAX_LABELS; row++) if (row !== selectedAgent) label(row)
  }
}
