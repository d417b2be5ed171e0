import { describe, expect, it } from 'vitest'
import { sha256, toHex } from '../../../codec/index.ts'
import type { ViewFrame } from '../../../node/index.ts'
import { fitCamera } from '../camera.ts'
import { Scene } from '../scene.ts'
import type { Picture } from '../surface.ts'
import { paintBackdrop, paintInhabitants } from './paint.ts'
import { blend, paletteOf, rgb } from './palette.ts'
import { drawDisc, drawDot, drawSphere } from './raster.ts'
import type { Raster } from './raster.ts'

const view = { width: 160, height: 120 }

function raster(): Raster {
  return { ...view, pixels: new Uint32Array(view.width * view.height) }
}

function picture(overrides: Partial<Picture> = {}): Picture {
  const scene = new Scene()
  const frame: ViewFrame = {
    type: 'frame', height: 1, block_interval_ms: 1000,
    agents: {
      count: 3, activity: Uint8Array.of(0, 1, 2),
      prevX: Int32Array.of(1_000_000, 4_000_000, 9_000_000), prevY: Int32Array.of(1_000_000, 4_000_000, 9_000_000),
      x: Int32Array.of(1_000_000, 5_000_000, 9_000_000), y: Int32Array.of(1_000_000, 5_000_000, 9_000_000),
    },
    roster: { ids: ['a', 'b', 'c'], names: ['A', 'B', 'C'] },
    asteroids: { count: 1, ids: ['asteroid/0001'], x: Int32Array.of(6_000_000), y: Int32Array.of(3_000_000), radius: Int32Array.of(900_000), radiation: Int32Array.of(60), material: Uint8Array.of(2) },
  }
  scene.update(frame, 0)
  scene.interpolate(0, false)
  return {
    scene, view, camera: fitCamera(view), dpr: 1, theme: 'dark', layers: { agents: true, asteroids: true, labels: false, heat: false },
    selectedAgent: -1, selectedAsteroid: -1, pulse: 0.5, ...overrides,
  }
}

function paint(which: Picture): Raster {
  const target = raster()
  paintBackdrop(target, which)
  paintInhabitants(target, which)
  return target
}

const digest = ({ pixels }: Raster): string => toHex(sha256(new Uint8Array(pixels.buffer)))
const holds = ({ pixels }: Raster, color: number): boolean => pixels.includes(color)

describe('painting', () => {
  it('is a function of the picture: the same picture gives the same pixels', () => {
    expect(digest(paint(picture()))).toBe(digest(paint(picture())))
  })

  it('shows each activity in its own colour, and none with the layer off', () => {
    const { agents } = paletteOf('dark')
    const painted = paint(picture())
    for (const color of agents) expect(holds(painted, color)).toBe(true)
    const without = paint(picture({ layers: { agents: false, asteroids: true, labels: false, heat: false } }))
    for (const color of agents) expect(holds(without, color)).toBe(false)
  })

  it('marks the selected agent with a ring and the selected asteroid with another', () => {
    const plain = digest(paint(picture()))
    const agent = paint(picture({ selectedAgent: 1 }))
    const asteroid = paint(picture({ selectedAsteroid: 0 }))
    expect(digest(agent)).not.toBe(plain)
    expect(digest(asteroid)).not.toBe(plain)
    expect(digest(agent)).not.toBe(digest(asteroid))
  })

  it('differs between themes and lays heat over where agents are', () => {
    expect(digest(paint(picture({ theme: 'light' })))).not.toBe(digest(paint(picture())))
    const cold = paint(picture({ layers: { agents: false, asteroids: false, labels: false, heat: false } }))
    const hot = paint(picture({ layers: { agents: false, asteroids: false, labels: false, heat: true } }))
    expect(digest(hot)).not.toBe(digest(cold))
  })

  it('clips everything at the edges', () => {
    const target = raster()
    for (const [x, y] of [[-3, -3], [0, 0], [159, 119], [163, 60], [80, 200], [-1000, 50]] as const) {
      drawDot(target, x, y, 6, rgb(255, 0, 0))
      drawDisc(target, x, y, 6.4, rgb(255, 0, 0))
      drawSphere(target, x, y, 30, rgb(0, 255, 0), 70)
    }
    expect(target.pixels.length).toBe(view.width * view.height)
  })

  it('blends from one colour to the other', () => {
    const black = rgb(0, 0, 0)
    const white = rgb(255, 255, 255)
    expect(blend(black, white, 0)).toBe(black)
    expect(blend(white, black, 255) & 255).toBeLessThan(2)
    expect(blend(black, white, 128) & 255).toBeGreaterThan(120)
  })
})
