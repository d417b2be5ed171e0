import type { Theme } from '../contract.ts'

/** 0xAABBGGRR, as a little-endian Uint32Array over RGBA bytes reads it. */
export type Color = number

export const rgb = (red: number, green: number, blue: number): Color => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0

export interface Palette {
  readonly background: Color
  readonly star: Color
  readonly frame: Color
  /** Lit side of asteroids, by material. */
  readonly materials: readonly Color[]
  /** Brightness of their dark side, 0–255. */
  readonly ambient: number
  readonly radiation: Color
  /** By activity: idle, moving, harvesting, at other work. */
  readonly agents: readonly [Color, Color, Color, Color]
  /** By type: miner, smelter, assembler. */
  readonly factories: readonly [Color, Color, Color]
  readonly wornOut: Color
  readonly transit: Color
  /** Around agents, so that they stand out from what is behind them. */
  readonly outline: Color
  readonly trail: Color
  readonly selection: Color
  readonly heat: Color
  readonly label: string
  readonly labelShadow: string
}

const DARK: Palette = {
  background: rgb(9, 12, 20),
  star: rgb(70, 80, 104),
  frame: rgb(26, 34, 52),
  materials: [rgb(122, 116, 108), rgb(142, 104, 84), rgb(104, 120, 138), rgb(128, 132, 108), rgb(120, 108, 136), rgb(150, 132, 96)],
  ambient: 70,
  radiation: rgb(255, 138, 92),
  agents: [rgb(148, 163, 196), rgb(94, 214, 255), rgb(255, 204, 92), rgb(190, 150, 255)],
  factories: [rgb(212, 170, 120), rgb(255, 122, 84), rgb(120, 226, 170)],
  wornOut: rgb(120, 96, 96),
  transit: rgb(150, 236, 190),
  outline: rgb(9, 12, 20),
  trail: rgb(70, 168, 224),
  selection: rgb(255, 255, 255),
  heat: rgb(255, 120, 80),
  label: '#e6ebf5',
  labelShadow: '#090c14',
}

const LIGHT: Palette = {
  background: rgb(240, 243, 248),
  star: rgb(214, 220, 231),
  frame: rgb(206, 214, 228),
  materials: [rgb(170, 165, 158), rgb(190, 160, 142), rgb(156, 170, 186), rgb(174, 178, 156), rgb(170, 160, 184), rgb(196, 180, 146)],
  ambient: 145,
  radiation: rgb(226, 92, 44),
  agents: [rgb(84, 98, 130), rgb(0, 110, 170), rgb(176, 106, 0), rgb(110, 62, 196)],
  factories: [rgb(140, 92, 36), rgb(196, 62, 20), rgb(10, 122, 74)],
  wornOut: rgb(150, 120, 120),
  transit: rgb(14, 124, 84),
  outline: rgb(255, 255, 255),
  trail: rgb(64, 146, 204),
  selection: rgb(16, 24, 40),
  heat: rgb(220, 80, 40),
  label: '#101828',
  labelShadow: '#f0f3f8',
}

export function paletteOf(theme: Theme): Palette {
  return theme === 'dark' ? DARK : LIGHT
}

/** `over` laid on `under` with a weight of 0–255. */
export function blend(under: Color, over: Color, weight: number): Color {
  const keep = 255 - weight
  const red = ((under & 255) * keep + (over & 255) * weight + 127) >> 8
  const green = (((under >> 8) & 255) * keep + ((over >> 8) & 255) * weight + 127) >> 8
  const blue = (((under >> 16) & 255) * keep + ((over >> 16) & 255) * weight + 127) >> 8
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0
}

/** The colour at a brightness of 0–255. */
export function shade(color: Color, brightness: number): Color {
  const red = ((color & 255) * brightness) >> 8
  const green = (((color >> 8) & 255) * brightness) >> 8
  const blue = (((color >> 16) & 255) * brightness) >> 8
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0
}
