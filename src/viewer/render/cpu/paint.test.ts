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
      count: 4, activity: Uint8Array.of(0, 1, 2, 3),
      prevX: Int32Array.of(1_000_000, 4_000_000, 9_000_000, 1_000_000), prevY: Int32Array.of(1_000_000, 4_000_000, 9_000_000, 9_000_000),
      x: Int32Array.of(1_000_000, 5_000_000, 9_000_000, 1_000_000), y: Int32Array.of(1_000_000, 5_000_000, 9_000_000, 9_000_000),
    },
    roster: { ids: ['a', 'b', 'c', 'd'], names: ['A', 'B', 'C', 'D'] },
    asteroids: {
      count: 2, ids: ['asteroid/0001', 'asteroid/0002'], x: Int32Array.of(6_000_000, 2_000_000), y: Int32Array.of(3_000_000, 6_000_000), radius: Int32Array.of(900_000, 50_000), radiation: Int32Array.of(60, 0),
      material: Uint8Array.of(2, 1),
    },
    factories: { count: 4, ids: ['factory/a', 'factory/b', 'factory/c', 'factory/d'], asteroid: Int32Array.of(0, 0, 1, 1), type: Uint8Array.of(0, 1, 2, 0), activity: Uint8Array.of(1, 2, 1, 3) },
    transits: { count: 1, ids: ['transit/a'], from: Int32Array.of(1), to: Int32Array.of(0), depart: Int32Array.of(0), arrive: Int32Array.of(2) },
  }
  scene.update(frame, 0)
  scene.interpolate(0, false)
  return {
    scene, view, camera: fitCamera(view), dpr: 1, theme: 'dark', layers: { agents: true, asteroids: true, industry: true, labels: false, heat: false },
    selectedAgent: -1, selectedAsteroid: -1, selectedFactory: -1, pulse: 0.5, ...overrides,
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
    const without = paint(picture({ layers: { agents: false, asteroids: true, industry: true, labels: false, heat: false } }))
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

  it('shows factories by type and condition and what is on its way between them, and none with the layer off', () => {
    const { factories, wornOut, transit } = paletteOf('dark')
    const painted = paint(picture({ dpr: 2 }))
    for (const color of [...factories, wornOut, transit]) expect(holds(painted, color)).toBe(true)
    const without = paint(picture({ dpr: 2, layers: { agents: true, asteroids: true, industry: false, labels: false, heat: false } }))
    for (const color of [...factories, wornOut, transit]) expect(holds(without, color)).toBe(false)
    expect(digest(paint(picture({ selectedFactory: 2 })))).not.toBe(digest(paint(picture())))
  })

  it('differs between themes and lays heat over where agents are', () => {
    expect(digest(paint(picture({ theme: 'light' })))).not.toBe(digest(paint(picture())))
    const cold = paint(picture({ layers: { agents: false, asteroids: false, industry: false, labels: false, heat: false } }))
    const hot = paint(picture({ layers: { agents: false, asteroids: false, industry: false, labels: false, heat: true } }))
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
