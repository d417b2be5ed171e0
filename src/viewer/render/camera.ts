/** Size of the belt seen from above, centimetres (DESIGN §5). */
export const BELT_CM = 10_000_000
/** The whole belt never gets smaller than this share of the picture. */
const FIT_SHARE = 0.92
/** Closest: one device pixel is this many centimetres, so an asteroid of 500 m fills a phone. */
const MIN_CM_PER_PX = 120
/** The middle of the picture stays this close to the belt, so that nobody gets lost in the dark. */
const MARGIN_CM = BELT_CM / 4

/** Where the picture looks. Centimetres of the world, device pixels of the picture; floats, since nothing here is state. */
export interface Camera {
  readonly centerX: number
  readonly centerY: number
  /** Device pixels per centimetre. */
  readonly scale: number
}

export interface Viewport {
  readonly width: number
  readonly height: number
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value))

export function fitScale({ width, height }: Viewport): number {
  return (Math.min(width, height) * FIT_SHARE) / BELT_CM
}

export function fitCamera(view: Viewport): Camera {
  return { centerX: BELT_CM / 2, centerY: BELT_CM / 2, scale: fitScale(view) }
}

/** The nearest camera within the limits. */
export function limitCamera(camera: Camera, view: Viewport): Camera {
  return {
    centerX: clamp(camera.centerX, -MARGIN_CM, BELT_CM + MARGIN_CM),
    centerY: clamp(camera.centerY, -MARGIN_CM, BELT_CM + MARGIN_CM),
    scale: clamp(camera.scale, fitScale(view) * 0.6, 1 / MIN_CM_PER_PX),
  }
}

export function toScreenX(camera: Camera, view: Viewport, x: number): number {
  return (x - camera.centerX) * camera.scale + view.width / 2
}

export function toScreenY(camera: Camera, view: Viewport, y: number): number {
  return (y - camera.centerY) * camera.scale + view.height / 2
}

export function toWorldX(camera: Camera, view: Viewport, px: number): number {
  return (px - view.width / 2) / camera.scale + camera.centerX
}

export function toWorldY(camera: Camera, view: Viewport, py: number): number {
  return (py - view.height / 2) / camera.scale + camera.centerY
}

/** Moves the picture by device pixels: dragging to the right shows what lies to the left. */
export function pan(camera: Camera, view: Viewport, dx: number, dy: number): Camera {
  return limitCamera({ ...camera, centerX: camera.centerX - dx / camera.scale, centerY: camera.centerY - dy / camera.scale }, view)
}

/** Scales by `factor` while the world point under (px, py) stays there. */
export function zoomAt(camera: Camera, view: Viewport, px: number, py: number, factor: number): Camera {
  const { scale } = limitCamera({ ...camera, scale: camera.scale * factor }, view)
  const x = toWorldX(camera, view, px)
  const y = toWorldY(camera, view, py)
  return limitCamera({ scale, centerX: x - (px - view.width / 2) / scale, centerY: y - (py - view.height / 2) / scale }, view)
}

/**
 * One step of a critically damped approach to `target`: exponential, the same whatever the frame rate. `halfLifeMs` is the time after
 * which half the way is left.
 */
export function approach(camera: Camera, target: Camera, elapsedMs: number, halfLifeMs: number): Camera {
  const left = 2 ** (-elapsedMs / halfLifeMs)
  const blend = (from: number, to: number): number => to + (from - to) * left
  return {
    centerX: blend(camera.centerX, target.centerX),
    centerY: blend(camera.centerY, target.centerY),
    scale: Math.exp(blend(Math.log(camera.scale), Math.log(target.scale))), // zoom is felt in ratios
  }
}

/** True when the difference is below what a pixel shows. */
export function isSettled(camera: Camera, target: Camera): boolean {
  return (
    Math.abs(camera.centerX - target.centerX) * camera.scale < 0.25 &&
    Math.abs(camera.centerY - target.centerY) * camera.scale < 0.25 &&
    Math.abs(camera.scale / target.scale - 1) < 0.001
  )
}
