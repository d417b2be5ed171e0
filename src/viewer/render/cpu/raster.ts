import { blend, shade } from './palette.ts'
import type { Color } from './palette.ts'

/** A picture in memory: one Uint32 a pixel, rows from the top. */
export interface Raster {
  readonly width: number
  readonly height: number
  readonly pixels: Uint32Array
}

/** Largest mark with a mask made ahead; agents never get bigger. */
const MAX_STAMP = 12
const stamps: (Uint8Array | undefined)[] = []

/** Coverage (0–255) of a disc of `radius` pixels around the middle of a (2r+1)² square; the rim is one pixel soft. */
function stamp(radius: number): Uint8Array {
  const known = stamps[radius]
  if (known !== undefined) return known
  const side = 2 * radius + 1
  const mask = new Uint8Array(side * side)
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const distance = Math.hypot(x - radius, y - radius)
      mask[y * side + x] = Math.round(255 * Math.min(1, Math.max(0, radius + 0.5 - distance)))
    }
  }
  stamps[radius] = mask
  return mask
}

/** A small soft disc, clipped at the edges. */
export function drawDot({ width, height, pixels }: Raster, px: number, py: number, radius: number, color: Color, opacity = 255): void {
  const size = Math.min(radius, MAX_STAMP)
  const mask = stamp(size)
  const side = 2 * size + 1
  const left = Math.round(px) - size
  const top = Math.round(py) - size
  if (left >= width || top >= height || left + side <= 0 || top + side <= 0) return
  for (let y = Math.max(0, -top); y < side && top + y < height; y++) {
    let at = (top + y) * width + left + Math.max(0, -left)
    for (let x = Math.max(0, -left); x < side && left + x < width; x++, at++) {
      const weight = (mask[y * side + x]! * opacity) >> 8
      if (weight > 0) pixels[at] = weight >= 254 ? color : blend(pixels[at]!, color, weight)
    }
  }
}

/** A soft disc at fractions of a pixel: what moves slowly moves evenly. Costs more than a dot. */
export function drawDisc({ width, height, pixels }: Raster, px: number, py: number, radius: number, color: Color, opacity = 255): void {
  const left = Math.max(0, Math.floor(px - radius - 0.5))
  const right = Math.min(width - 1, Math.ceil(px + radius + 0.5))
  const top = Math.max(0, Math.floor(py - radius - 0.5))
  const bottom = Math.min(height - 1, Math.ceil(py + radius + 0.5))
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const coverage = radius + 0.5 - Math.hypot(x - px, y - py)
      if (coverage <= 0) continue
      const at = y * width + x
      const weight = Math.round(Math.min(1, coverage) * opacity)
      pixels[at] = weight >= 255 ? color : blend(pixels[at]!, color, weight)
    }
  }
}

/** A sphere lit from the upper left, its dark side at `ambient` of 255, or a soft dot when it is too small to shade. */
export function drawSphere(raster: Raster, px: number, py: number, radius: number, color: Color, ambient: number): void {
  if (radius < 2.5) return drawDot(raster, px, py, Math.max(1, Math.round(radius)), shade(color, 205))
  const { width, height, pixels } = raster
  const left = Math.max(0, Math.floor(px - radius - 1))
  const right = Math.min(width - 1, Math.ceil(px + radius + 1))
  const top = Math.max(0, Math.floor(py - radius - 1))
  const bottom = Math.min(height - 1, Math.ceil(py + radius + 1))
  for (let y = top; y <= bottom; y++) {
    const ny = (y - py) / radius
    for (let x = left; x <= right; x++) {
      const nx = (x - px) / radius
      const square = nx * nx + ny * ny
      const coverage = Math.min(1, Math.max(0, (1 - Math.sqrt(square)) * radius + 0.5))
      if (coverage === 0) continue
      const nz = Math.sqrt(Math.max(0, 1 - square))
      const light = Math.max(0, -0.55 * nx - 0.6 * ny + 0.58 * nz)
      const at = y * width + x
      pixels[at] = blend(pixels[at]!, shade(color, Math.round(ambient + (248 - ambient) * light)), Math.round(255 * coverage))
    }
  }
}

/** A halo that fades from `inner` to `outer` pixels. */
export function drawGlow({ width, height, pixels }: Raster, px: number, py: number, inner: number, outer: number, color: Color, strength: number): void {
  const left = Math.max(0, Math.floor(px - outer))
  const right = Math.min(width - 1, Math.ceil(px + outer))
  const top = Math.max(0, Math.floor(py - outer))
  const bottom = Math.min(height - 1, Math.ceil(py + outer))
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const distance = Math.hypot(x - px, y - py)
      if (distance >= outer) continue
      const fade = distance <= inner ? 1 : 1 - (distance - inner) / (outer - inner)
      const weight = Math.round(strength * fade * fade)
      if (weight > 0) pixels[y * width + x] = blend(pixels[y * width + x]!, color, weight)
    }
  }
}

/** A filled square turned by 0° or 45°, half a side of `size` pixels, its edges one pixel soft. */
export function drawSquare({ width, height, pixels }: Raster, px: number, py: number, size: number, color: Color, turned = false, opacity = 255): void {
  const reach = turned ? size * 1.4 : size
  const left = Math.max(0, Math.floor(px - reach - 0.5))
  const right = Math.min(width - 1, Math.ceil(px + reach + 0.5))
  const top = Math.max(0, Math.floor(py - reach - 0.5))
  const bottom = Math.min(height - 1, Math.ceil(py + reach + 0.5))
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const [dx, dy] = [Math.abs(x - px), Math.abs(y - py)]
      const coverage = reach + 0.5 - (turned ? dx + dy : Math.max(dx, dy))
      if (coverage <= 0) continue
      const weight = Math.round(Math.min(1, coverage) * opacity)
      const at = y * width + x
      pixels[at] = weight >= 255 ? color : blend(pixels[at]!, color, weight)
    }
  }
}

/** A circle line, one and a half pixels wide. */
export function drawRing({ width, height, pixels }: Raster, px: number, py: number, radius: number, color: Color): void {
  const reach = Math.ceil(radius + 2)
  for (let y = Math.max(0, Math.floor(py - reach)); y <= Math.min(height - 1, py + reach); y++) {
    for (let x = Math.max(0, Math.floor(px - reach)); x <= Math.min(width - 1, px + reach); x++) {
      const off = Math.abs(Math.hypot(x - px, y - py) - radius)
      if (off < 1.5) pixels[y * width + x] = blend(pixels[y * width + x]!, color, Math.round(255 * Math.min(1, 1.5 - off)))
    }
  }
}

/** A thin frame of a rectangle given by its corners; parts outside are clipped. */
export function drawFrame({ width, height, pixels }: Raster, left: number, top: number, right: number, bottom: number, color: Color): void {
  const [l, t, r, b] = [left, top, right, bottom].map(Math.round) as [number, number, number, number]
  for (let x = Math.max(0, l); x <= Math.min(width - 1, r); x++) {
    if (t >= 0 && t < height) pixels[t * width + x] = color
    if (b >= 0 && b < height) pixels[b * width + x] = color
  }
  for (let y = Math.max(0, t); y <= Math.min(height - 1, b); y++) {
    if (l >= 0 && l < width) pixels[y * width + l] = color
    if (r >= 0 && r < width) pixels[y * width + r] = color
  }
}
