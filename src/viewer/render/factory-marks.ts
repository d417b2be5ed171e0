import { fitScale, toScreenX, toScreenY } from './camera.ts'
import type { Camera, Viewport } from './camera.ts'
import type { Scene } from './scene.ts'

/** Marks stand around their asteroid, so many to a ring. */
const PER_RING = 8
/** From its edge to the middle of the first ring, and from ring to ring, CSS pixels. */
const RING_CSS_PX = 8
/** Zoom from which marks have their full size. */
const FULL_SIZE_ZOOM = 4

export interface FactoryMark {
  /** Middle of the mark, device pixels. */
  readonly px: number
  readonly py: number
  /** Half its side. */
  readonly size: number
}

/** Where the mark of a factory is drawn, and therefore found. */
export function factoryMark(scene: Scene, camera: Camera, view: Viewport, row: number, dpr: number): FactoryMark {
  const asteroid = scene.factories.asteroid[row]!
  const { x, y, radius } = scene.asteroids
  const ordinal = scene.factoryOrdinals[row]!
  const ring = Math.floor(ordinal / PER_RING)
  const angle = ((ordinal % PER_RING) / PER_RING) * 2 * Math.PI - Math.PI / 4
  const distance = Math.max(1, radius[asteroid]! * camera.scale) + (ring + 1) * RING_CSS_PX * dpr
  const size = (camera.scale / fitScale(view) >= FULL_SIZE_ZOOM ? 4 : 2.5) * dpr
  return {
    px: toScreenX(camera, view, x[asteroid]!) + Math.cos(angle) * distance,
    py: toScreenY(camera, view, y[asteroid]!) + Math.sin(angle) * distance,
    size,
  }
}
