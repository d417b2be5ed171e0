import { BELT_CM, toScreenX, toScreenY } from '../camera.ts'
import type { Picture } from '../surface.ts'
import { paintAgents } from './agents.ts'
import { paintIndustry } from './industry.ts'
import { blend, paletteOf } from './palette.ts'
import type { Palette } from './palette.ts'
import { drawFrame, drawGlow, drawRing, drawSphere } from './raster.ts'
import type { Raster } from './raster.ts'

/** Stars per million pixels: a hint of depth, no distraction. */
const STARS_PER_MEGAPIXEL = 220
/** Cells of the density map across the picture. */
const HEAT_CELL_PX = 12
/** Radiation at which an asteroid glows fully. */
const FULL_GLOW = 100

/** What changes only with camera, size, theme and layers: stars, belt frame, asteroids. */
export function paintBackdrop(raster: Raster, picture: Picture): void {
  const palette = paletteOf(picture.theme)
  raster.pixels.fill(palette.background)
  paintStars(raster, palette)
  const { camera, view } = picture
  drawFrame(raster, toScreenX(camera, view, 0), toScreenY(camera, view, 0), toScreenX(camera, view, BELT_CM), toScreenY(camera, view, BELT_CM), palette.frame)
  if (picture.layers.asteroids) paintAsteroids(raster, picture, palette)
}

/** Factories, what is on its way between them, agents, and where those are many, over the backdrop. */
export function paintInhabitants(raster: Raster, picture: Picture): void {
  if (picture.layers.heat) paintHeat(raster, picture, paletteOf(picture.theme))
  if (picture.layers.industry) paintIndustry(raster, picture)
  paintAgents(raster, picture)
}

function paintStars({ width, height, pixels }: Raster, { background, star }: Palette): void {
  const count = Math.round((width * height * STARS_PER_MEGAPIXEL) / 1_000_000)
  let seed = 0x9e3779b9
  for (let i = 0; i < count; i++) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0 // same sky at every start
    const x = Math.floor((seed / 2 ** 32) * width)
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    const y = Math.floor((seed / 2 ** 32) * height)
    pixels[y * width + x] = blend(background, star, 60 + (seed & 127))
  }
}

function paintAsteroids(raster: Raster, { scene, camera, view, selectedAsteroid, dpr }: Picture, palette: Palette): void {
  const { count, x, y, radius, radiation, material } = scene.asteroids
  for (let row = 0; row < count; row++) {
    const px = toScreenX(camera, view, x[row]!)
    const py = toScreenY(camera, view, y[row]!)
    const size = Math.max(1, radius[row]! * camera.scale)
    if (px < -2 * size - 20 || py < -2 * size - 20 || px > view.width + 2 * size + 20 || py > view.height + 2 * size + 20) continue
    if (radiation[row]! > 0 && size >= 2) {
      drawGlow(raster, px, py, size, size * 1.5 + 4, palette.radiation, (Math.min(radiation[row]!, FULL_GLOW) * 110) / FULL_GLOW)
    }
    drawSphere(raster, px, py, size, palette.materials[material[row]! % palette.materials.length]!, palette.ambient)
    if (row === selectedAsteroid) drawRing(raster, px, py, size + 4 * dpr, palette.selection)
  }
}

/** Density of agents as a soft overlay: cells grow with the logarithm of how many are in them. */
function paintHeat(raster: Raster, { scene, camera, view }: Picture, palette: Palette): void {
  const columns = Math.ceil(view.width / HEAT_CELL_PX)
  const rows = Math.ceil(view.height / HEAT_CELL_PX)
  const cells = new Uint16Array(columns * rows)
  let most = 0
  for (let row = 0; row < scene.agents.count; row++) {
    const column = Math.floor(toScreenX(camera, view, scene.x[row]!) / HEAT_CELL_PX)
    const line = Math.floor(toScreenY(camera, view, scene.y[row]!) / HEAT_CELL_PX)
    if (column < 0 || line < 0 || column >= columns || line >= rows) continue
    most = Math.max(most, ++cells[line * columns + column]!)
  }
  if (most === 0) return
  for (let cell = 0; cell < cells.length; cell++) {
    const agents = cells[cell]!
    if (agents === 0) continue
    const strength = 40 + (170 * Math.log2(1 + agents)) / Math.log2(1 + most)
    const px = ((cell % columns) + 0.5) * HEAT_CELL_PX
    const py = (Math.floor(cell / columns) + 0.5) * HEAT_CELL_PX
    drawGlow(raster, px, py, 0, HEAT_CELL_PX * 1.6, palette.heat, strength)
  }
}
