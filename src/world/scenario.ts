import { concatBytes, sha256, utf8Bytes } from '../codec/index.ts'
import { BELT_CM, MATERIALS } from './state/records.ts'
import type { AsteroidRecord, Material } from './state/records.ts'

export type ScenarioName = 'belt-small' | 'belt-large'

/** `agents` is how many settled agents an operator of this scenario usually creates keys for. */
export const SCENARIOS: Readonly<Record<ScenarioName, { readonly asteroids: number; readonly agents: number }>> = {
  'belt-small': { asteroids: 60, agents: 24 },
  'belt-large': { asteroids: 5_000, agents: 10_000 },
}

/** Radii from 500 m to 10 km, or what the room between neighbours allows: 4.75 km in the small belt, 1 km in the large one. */
const MIN_RADIUS_CM = 50_000
const MAX_RADIUS_CM = 1_000_000
/** Free space kept around every asteroid: two of them make the 500 m of separation. */
const CLEARANCE_CM = 25_000

/**
 * Weights and factors of the original world (research/original.md §1.9), with copper and rare earths common enough for every belt to have some
 * of each ore; densities in tonnes per 1,000 m³; shares in parts per million.
 */
const MATERIAL_PROFILES: Readonly<Record<Material, { weight: number; radiationBps: number; density: number; elements: Readonly<Record<string, number>> }>> = {
  silicate: { weight: 52, radiationBps: 7_500, density: 2_700, elements: { O: 440_000, Si: 210_000, Mg: 130_000, Fe: 90_000, Al: 20_000, Ti: 1_000, Cu: 1_000, Nd: 20 } },
  metal: { weight: 8, radiationBps: 13_000, density: 7_300, elements: { Fe: 850_000, Ni: 110_000, Co: 6_000, Cu: 3_000, U: 20, Th: 60 } },
  ice: { weight: 18, radiationBps: 4_500, density: 1_000, elements: { H: 105_000, O: 830_000, C: 20_000, N: 15_000, Li: 100 } },
  carbon: { weight: 18, radiationBps: 6_000, density: 1_700, elements: { C: 120_000, O: 380_000, Si: 130_000, Fe: 180_000, S: 40_000, N: 3_000, Cu: 1_500 } },
  composite: { weight: 4, radiationBps: 11_000, density: 3_600, elements: { Fe: 300_000, Si: 150_000, O: 300_000, Ni: 40_000, Ti: 12_000, Cr: 9_000, Cu: 5_000, Nd: 400 } },
}
const TOTAL_WEIGHT = MATERIALS.reduce((sum, material) => sum + MATERIAL_PROFILES[material].weight, 0)
/** Of 100 asteroids so many emit nothing worth harvesting. */
const DARK_PERCENT = 8
const MAX_RADIATION = 100

/** Endless deterministic integers: SHA-256 of seed ‖ label ‖ counter, eight 32-bit words at a time. */
export function createIntegerStream(seed: Uint8Array, label: string): (below: number) => number {
  const prefix = concatBytes(seed, utf8Bytes(label))
  let counter = 0
  let block = new Uint8Array(0)
  let at = 0
  return (below) => {
    if (at === block.length) {
      block = sha256(concatBytes(prefix, Uint8Array.of(counter >>> 24, counter >>> 16, counter >>> 8, counter))) as Uint8Array<ArrayBuffer>
      counter++
      at = 0
    }
    const word = ((block[at]! << 24) | (block[at + 1]! << 16) | (block[at + 2]! << 8) | block[at + 3]!) >>> 0
    at += 4
    return word % below // the bias is below `below` / 2^32: nothing anyone could profit from
  }
}

/**
 * The asteroids of a world in the order of their numbers. Each gets a cell of a grid of its own and a radius that fits the cell with
 * clearance, so that placement always succeeds and no two come closer than 500 m.
 */
export function placeAsteroids(seed: Uint8Array, count: number): AsteroidRecord[] {
  const grid = gridFor(count)
  const cells = chooseCells(seed, grid.nx * grid.ny * grid.nz, count)
  const roomiest = Math.floor(Math.min(grid.dx, grid.dy, grid.dz) / 2) - CLEARANCE_CM
  const maxRadius = Math.min(MAX_RADIUS_CM, roomiest)
  const next = createIntegerStream(seed, 'asteroids')
  return cells.map((cell) => {
    const u = next(1 << 16)
    // Squaring favours small ones, as in a real belt.
    const radius_cm = MIN_RADIUS_CM + Math.floor(((maxRadius - MIN_RADIUS_CM) * Math.floor((u * u) / 65_536)) / 65_536)
    const within = (index: number, size: number): number => {
      const margin = CLEARANCE_CM + radius_cm
      return index * size + margin + next(size - 2 * margin + 1)
    }
    const position = {
      x: within(cell % grid.nx, grid.dx),
      y: within(Math.floor(cell / grid.nx) % grid.ny, grid.dy),
      z: within(Math.floor(cell / (grid.nx * grid.ny)), grid.dz),
    }
    const material = pickMaterial(next(TOTAL_WEIGHT))
    const profile = MATERIAL_PROFILES[material]
    const roll = next(100)
    const radiation = roll < DARK_PERCENT ? 0 : Math.min(MAX_RADIATION, Math.max(1, Math.floor((roll * profile.radiationBps) / 10_000)))
    return { position, radius_cm, material, radiation, elements: elementBudget(radius_cm, profile) }
  })
}

/** The coarsest grid with a cell for everyone: z layers as thick as the cells are wide. */
function gridFor(count: number): { nx: number; ny: number; nz: number; dx: number; dy: number; dz: number } {
  let nx = 1
  let nz = 1
  while (nx * nx * nz < count) {
    nx++
    nz = Math.max(1, Math.floor((nx * BELT_CM.z) / BELT_CM.x))
  }
  return { nx, ny: nx, nz, dx: Math.floor(BELT_CM.x / nx), dy: Math.floor(BELT_CM.y / nx), dz: Math.floor(BELT_CM.z / nz) }
}

/** `count` different cells: the beginning of a Fisher–Yates shuffle. */
function chooseCells(seed: Uint8Array, cells: number, count: number): number[] {
  const next = createIntegerStream(seed, 'cells')
  const order = Array.from({ length: cells }, (_, index) => index)
  for (let i = 0; i < count; i++) {
    const j = i + next(cells - i)
    const swapped = order[i]!
    order[i] = order[j]!
    order[j] = swapped
  }
  return order.slice(0, count)
}

function pickMaterial(roll: number): Material {
  let left = roll
  for (const material of MATERIALS) {
    left -= MATERIAL_PROFILES[material].weight
    if (left < 0) return material
  }
  return MATERIALS[0]
}

/** One part in 10,000 of the mass lies within reach; whole tonnes. All products stay below 2^53 up to a radius of 10 km. */
function elementBudget(radiusCm: number, profile: { density: number; elements: Readonly<Record<string, number>> }): Record<string, number> {
  const radius = Math.floor(radiusCm / 100)
  const volume = Math.floor((radius * radius * radius * 4_189) / 1_000) // m³; 4.189 ≈ 4π/3
  const reachable = Math.floor((Math.floor(volume / 1_000) * profile.density) / 10_000)
  const share = (ppm: number): number => Math.floor(reachable / 1_000_000) * ppm + Math.floor(((reachable % 1_000_000) * ppm) / 1_000_000)
  return Object.fromEntries(Object.entries(profile.elements).map(([element, ppm]) => [element, Math.max(1, share(ppm))]))
}
