/** Agents as the map shows them: a disc in the colour of what they do, a tail behind those who travel, a glow around those who harvest. */
import { fitScale, toScreenX, toScreenY } from '../camera.ts'
import type { Picture } from '../surface.ts'
import { paletteOf } from './palette.ts'
import type { Palette } from './palette.ts'
import { drawDisc, drawDot, drawGlow, drawRing } from './raster.ts'
import type { Raster } from './raster.ts'

/** Up to so many agents each is drawn with care: whole at fractions of a pixel, outlined, with tail and glow. */
const FINE_AGENTS = 600
/** From so many on a dot is as small as it can be while the whole belt is in the picture. */
const CROWD = 2_000
/** Zoom from which there is room for larger dots even in a crowd. */
const CROWD_ROOM = 4
/** A tail shows where somebody comes from: as far as they went in so many blocks, within what reads well, CSS pixels. */
const TAIL_BLOCKS = 4
const MIN_TAIL = 12
const MAX_TAIL = 34
/** Pixels outside the picture at which nothing of an agent reaches into it. */
const MARGIN = 80

const MOVING = 1
const HARVESTING = 2

/** Agents over the backdrop. */
export function paintAgents(raster: Raster, picture: Picture): void {
  const palette = paletteOf(picture.theme)
  const { scene, camera, view, dpr, selectedAgent } = picture
  const radius = agentRadius(picture)
  if (picture.layers.agents) {
    const paint = scene.agents.count <= FINE_AGENTS ? paintFine : paintDot
    for (let row = 0; row < scene.agents.count; row++) {
      const px = toScreenX(camera, view, scene.x[row]!)
      const py = toScreenY(camera, view, scene.y[row]!)
      if (px < -MARGIN || py < -MARGIN || px > view.width + MARGIN || py > view.height + MARGIN) continue
      paint(raster, picture, palette, row, px, py, radius)
    }
  }
  if (selectedAgent >= 0) {
    drawRing(raster, toScreenX(camera, view, scene.x[selectedAgent]!), toScreenY(camera, view, scene.y[selectedAgent]!), radius + 5 * dpr, palette.selection)
  }
}

/** Device pixels. In small worlds an agent is easy to see and to hit; in a crowd it is a dot from afar and a disc from near. Whole pixels in a crowd. */
export function agentRadius({ camera, view, dpr, scene }: Picture): number {
  const zoom = camera.scale / fitScale(view)
  const { count } = scene.agents
  const growth = Math.log2(Math.max(1, zoom))
  if (count <= FINE_AGENTS) return Math.min(8, 4.5 + growth) * Math.min(dpr, 2)
  const far = count > CROWD && zoom < CROWD_ROOM ? 1 : count > CROWD ? 2 : 3
  return Math.min(10, Math.max(1, Math.round((far + growth) * Math.min(dpr, 2))))
}

function paintFine(raster: Raster, picture: Picture, palette: Palette, row: number, px: number, py: number, radius: number): void {
  const { dpr, pulse } = picture
  const doing = picture.scene.agents.activity[row]!
  const color = palette.agents[doing] ?? palette.agents[0]
  const tail = tailOf(picture, row)
  if (tail !== null) {
    const steps = Math.ceil(Math.hypot(tail.x, tail.y) / 2)
    for (let step = steps; step >= 1; step--) {
      const part = step / steps
      drawDisc(raster, px - tail.x * part, py - tail.y * part, radius * (0.75 - 0.55 * part), palette.trail, 100 * (1 - part))
    }
  }
  if (doing === HARVESTING) drawGlow(raster, px, py, radius, radius + (5 + 4 * pulse) * dpr, color, 90 + 90 * pulse)
  drawDisc(raster, px, py, radius + 1.5 * dpr, palette.outline)
  drawDisc(raster, px, py, radius, color)
}

function paintDot(raster: Raster, picture: Picture, palette: Palette, row: number, px: number, py: number, radius: number): void {
  const doing = picture.scene.agents.activity[row]!
  if (doing === MOVING && radius > 1) {
    const tail = tailOf(picture, row)
    for (let step = 3; step >= 1 && tail !== null; step--) {
      drawDot(raster, px - (tail.x * step) / 3, py - (tail.y * step) / 3, Math.max(1, radius - step), palette.trail, 150 - step * 35)
    }
  }
  drawDot(raster, px, py, radius, palette.agents[doing] ?? palette.agents[0])
}

/** From the end of the tail to the agent, device pixels; null for those who stay where they are. Its length is steady, however far the block is. */
function tailOf({ scene, camera, dpr }: Picture, row: number): { readonly x: number; readonly y: number } | null {
  const { x, y, prevX, prevY } = scene.agents
  const dx = (x[row]! - prevX[row]!) * camera.scale
  const dy = (y[row]! - prevY[row]!) * camera.scale
  const step = Math.hypot(dx, dy)
  if (step === 0) return null
  const length = Math.min(MAX_TAIL * dpr, Math.max(MIN_TAIL * dpr, step * TAIL_BLOCKS))
  return { x: (dx * length) / step, y: (dy * length) / step }
}
