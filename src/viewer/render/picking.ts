import type { Scene } from './scene.ts'
import { toScreenX, toScreenY, toWorldX, toWorldY } from './camera.ts'
import type { Camera, Viewport } from './camera.ts'
import { factoryMark } from './factory-marks.ts'
import type { AgentActivity, Picked, VisibleEntity } from './contract.ts'

const ACTIVITIES: readonly AgentActivity[] = ['idle', 'moving', 'harvesting', 'working']

/** Nearest agent or factory within reach of a point, else the asteroid under it. Points and reach in device pixels. */
export function pick(scene: Scene, camera: Camera, view: Viewport, px: number, py: number, reachPx: number, dpr = 1): Picked | null {
  const x = toWorldX(camera, view, px)
  const y = toWorldY(camera, view, py)
  const reach = reachPx / camera.scale
  let nearest = -1
  let best = reach * reach
  for (let row = 0; row < scene.agents.count; row++) {
    const distance = (scene.x[row]! - x) ** 2 + (scene.y[row]! - y) ** 2
    if (distance <= best) {
      best = distance
      nearest = row
    }
  }
  const factory = nearestFactory(scene, camera, view, px, py, Math.min(reachPx, Math.sqrt(best) * camera.scale), dpr)
  if (factory >= 0) return { kind: 'factory', id: scene.factories.ids[factory]! }
  if (nearest >= 0) return { kind: 'agent', id: scene.roster.ids[nearest]! }
  const { count, ids, radius } = scene.asteroids
  for (let row = 0; row < count; row++) {
    const within = Math.max(radius[row]!, reach)
    if ((scene.asteroids.x[row]! - x) ** 2 + (scene.asteroids.y[row]! - y) ** 2 <= within * within) return { kind: 'asteroid', id: ids[row]! }
  }
  return null
}

/** Row of the factory whose mark is nearest and nearer than `reachPx`; −1 for none. */
function nearestFactory(scene: Scene, camera: Camera, view: Viewport, px: number, py: number, reachPx: number, dpr: number): number {
  let found = -1
  let best = reachPx
  for (let row = 0; row < scene.factories.count; row++) {
    const at = factoryMark(scene, camera, view, row, dpr)
    const distance = Math.hypot(at.px - px, at.py - py)
    if (distance < best) {
      best = distance
      found = row
    }
  }
  return found
}

/** Agents inside the picture, nearest to its middle first. */
export function agentsInView(scene: Scene, camera: Camera, view: Viewport, limit: number): readonly VisibleEntity[] {
  const rows: { row: number; distance: number }[] = []
  for (let row = 0; row < scene.agents.count; row++) {
    const px = toScreenX(camera, view, scene.x[row]!)
    const py = toScreenY(camera, view, scene.y[row]!)
    if (px < 0 || py < 0 || px > view.width || py > view.height) continue
    rows.push({ row, distance: (px - view.width / 2) ** 2 + (py - view.height / 2) ** 2 })
  }
  rows.sort((a, b) => a.distance - b.distance || a.row - b.row)
  return rows.slice(0, Math.max(0, limit)).map(({ row }) => ({
    id: scene.roster.ids[row]!,
    name: scene.roster.names[row]!,
    kind: 'agent',
    activity: ACTIVITIES[scene.agents.activity[row]!] ?? 'idle',
  }))
}
