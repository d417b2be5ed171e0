/** Factories as marks beside their asteroid, and material on its way as dots along faint lines. */
import { toScreenX, toScreenY } from '../camera.ts'
import { factoryMark } from '../factory-marks.ts'
import type { Picture } from '../surface.ts'
import { paletteOf } from './palette.ts'
import type { Palette } from './palette.ts'
import { drawDisc, drawDot, drawGlow, drawRing, drawSquare } from './raster.ts'
import type { Raster } from './raster.ts'

const BUILDING = 0
const RUNNING = 2
const WORN_OUT = 3
const MINER = 0
const ASSEMBLER = 2
/** Dots of the line a transit moves along: this far apart, and at most so many however long it is. */
const LINE_STEP_CSS_PX = 9
const MAX_LINE_DOTS = 120
/** Transits drawn with their line; beyond them the dots alone tell. */
const MAX_LINES = 200
/** Device pixels outside the picture at which nothing of a mark reaches into it. */
const MARGIN = 40

export function paintIndustry(raster: Raster, picture: Picture): void {
  const palette = paletteOf(picture.theme)
  for (let row = 0; row < picture.scene.transits.count; row++) paintTransit(raster, picture, palette, row)
  for (let row = 0; row < picture.scene.factories.count; row++) paintFactory(raster, picture, palette, row)
}

/** By form as well as by colour: miners are squares, smelters discs, assemblers diamonds; what is being built is an outline. */
function paintFactory(raster: Raster, { scene, camera, view, dpr, pulse, selectedFactory }: Picture, palette: Palette, row: number): void {
  const { px, py, size } = factoryMark(scene, camera, view, row, dpr)
  if (px < -MARGIN || py < -MARGIN || px > view.width + MARGIN || py > view.height + MARGIN) return
  const activity = scene.factories.activity[row]!
  const type = scene.factories.type[row]!
  const color = activity === WORN_OUT ? palette.wornOut : palette.factories[type]!
  if (activity === RUNNING) drawGlow(raster, px, py, size, size + (3 + 3 * pulse) * dpr, color, 80 + 80 * pulse)
  if (type === MINER || type === ASSEMBLER) {
    drawSquare(raster, px, py, size + dpr, palette.outline, type === ASSEMBLER)
    drawSquare(raster, px, py, size, color, type === ASSEMBLER)
    if (activity === BUILDING) drawSquare(raster, px, py, size * 0.5, palette.outline, type === ASSEMBLER)
  } else {
    drawDisc(raster, px, py, size + dpr, palette.outline)
    drawDisc(raster, px, py, size, color)
    if (activity === BUILDING) drawDisc(raster, px, py, size * 0.5, palette.outline)
  }
  if (row === selectedFactory) drawRing(raster, px, py, size + 5 * dpr, palette.selection)
}

function paintTransit(raster: Raster, { scene, camera, view, dpr }: Picture, palette: Palette, row: number): void {
  const { transits: { from, to, depart, arrive }, asteroids: { x, y } } = scene
  const [fromX, fromY] = [toScreenX(camera, view, x[from[row]!]!), toScreenY(camera, view, y[from[row]!]!)]
  const [toX, toY] = [toScreenX(camera, view, x[to[row]!]!), toScreenY(camera, view, y[to[row]!]!)]
  if (row < MAX_LINES) {
    const dots = Math.min(MAX_LINE_DOTS, Math.floor(Math.hypot(toX - fromX, toY - fromY) / (LINE_STEP_CSS_PX * dpr)))
    for (let dot = 1; dot < dots; dot++) {
      const part = dot / dots
      drawDot(raster, fromX + (toX - fromX) * part, fromY + (toY - fromY) * part, 1, palette.transit, 90)
    }
  }
  const span = Math.max(1, arrive[row]! - depart[row]!)
  // The newest block is shown over the interval after it, as agents are.
  const part = Math.min(1, Math.max(0, (scene.height - 1 + scene.progress - depart[row]!) / span))
  const [px, py] = [fromX + (toX - fromX) * part, fromY + (toY - fromY) * part]
  drawDisc(raster, px, py, 3.4 * dpr, palette.outline)
  drawDisc(raster, px, py, 2.4 * dpr, palette.transit)
}
