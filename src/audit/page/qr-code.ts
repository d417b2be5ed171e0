/**
 * A QR code of one size (ISO/IEC 18004, version 4, error correction M, alphanumeric mode, mask 0), for the one kind of text this page shows as a code. Its own,
 * since a library for all sizes would be a fifth of the page.
 */
const SIZE = 33
const QUIET_ZONE = 4
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'
/** Characters that fit: 64 data codewords less mode and count. */
const MAX_CHARACTERS = 90
const DATA_CODEWORDS = 64
const BLOCKS = 2
const CHECK_CODEWORDS = 18
/** Level M and mask 0 with their check bits, masked (§7.9). */
const FORMAT = 0x5412
const ALIGNMENT = 26

/** Rows of modules, true for dark, without the quiet zone. Throws `RangeError` for other characters than those of the mode, or more than `MAX_CHARACTERS`. */
export function qrModules(text: string): boolean[][] {
  const dark = Array.from({ length: SIZE }, () => Array.from({ length: SIZE }, () => false))
  const fixed = Array.from({ length: SIZE }, () => Array.from({ length: SIZE }, () => false))
  const set = (row: number, column: number, value: boolean): void => {
    dark[row]![column] = value
    fixed[row]![column] = true
  }
  drawPatterns(set)
  let bit = 0
  const stream = codewords(text)
  for (let right = SIZE - 1; right > 0; right -= 2) {
    if (right === 6) right = 5 // the column of the timing pattern
    const upward = ((right + 1) & 2) === 0
    for (let step = 0; step < SIZE; step++) {
      const row = upward ? SIZE - 1 - step : step
      for (const column of [right, right - 1]) {
        if (fixed[row]![column]!) continue
        const value = bit < 8 * stream.length && ((stream[bit >> 3]! >> (7 - (bit & 7))) & 1) === 1
        dark[row]![column] = value !== ((row + column) % 2 === 0)
        bit++
      }
    }
  }
  return dark
}

function drawPatterns(set: (row: number, column: number, value: boolean) => void): void {
  for (let i = 0; i < SIZE; i++) {
    set(6, i, i % 2 === 0)
    set(i, 6, i % 2 === 0)
  }
  for (const [top, left] of [[0, 0], [0, SIZE - 7], [SIZE - 7, 0]] as const) {
    for (let y = -1; y <= 7; y++) {
      for (let x = -1; x <= 7; x++) {
        if (top + y < 0 || top + y >= SIZE || left + x < 0 || left + x >= SIZE) continue
        const ring = Math.max(Math.abs(y - 3), Math.abs(x - 3))
        set(top + y, left + x, ring !== 2 && ring !== 4)
      }
    }
  }
  for (let y = -2; y <= 2; y++) for (let x = -2; x <= 2; x++) set(ALIGNMENT + y, ALIGNMENT + x, Math.max(Math.abs(y), Math.abs(x)) !== 1)
  for (let i = 0; i < 15; i++) {
    const value = ((FORMAT >> i) & 1) === 1
    set(i < 6 ? i : i < 8 ? i + 1 : SIZE - 15 + i, 8, value)
    set(8, i < 8 ? SIZE - 1 - i : i < 9 ? 7 : 14 - i, value)
  }
  set(SIZE - 8, 8, true)
}

/** Data and check codewords in the order they are drawn. */
function codewords(text: string): number[] {
  const data = dataCodewords(text)
  const length = DATA_CODEWORDS / BLOCKS
  const blocks = Array.from({ length: BLOCKS }, (_, index) => data.slice(index * length, (index + 1) * length))
  const interleaved = (lists: readonly (readonly number[])[]): number[] => lists[0]!.flatMap((_, index) => lists.map((list) => list[index]!))
  return [...interleaved(blocks), ...interleaved(blocks.map(checkCodewords))]
}

function dataCodewords(text: string): number[] {
  const values = [...text].map((character) => ALPHABET.indexOf(character))
  if (text.length > MAX_CHARACTERS || values.includes(-1)) throw new RangeError('This text does not fit into a code of this page.')
  let bits = `0010${binary(text.length, 9)}`
  for (let i = 0; i < values.length; i += 2) bits += i + 1 < values.length ? binary(45 * values[i]! + values[i + 1]!, 11) : binary(values[i]!, 6)
  bits = `${bits}0000`.slice(0, 8 * DATA_CODEWORDS)
  bits = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0')
  const bytes = bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2))
  for (let pad = 0xec; bytes.length < DATA_CODEWORDS; pad ^= 0xec ^ 0x11) bytes.push(pad)
  return bytes
}

const binary = (value: number, length: number): string => value.toString(2).padStart(length, '0')

/** Remainder of the block by the generator polynomial over GF(256) (§7.5.2). */
function checkCodewords(block: readonly number[]): number[] {
  let generator = [1]
  for (let i = 0, root = 1; i < CHECK_CODEWORDS; i++, root = product(root, 2)) {
    generator = [...generator, 0].map((value, index) => value ^ product(generator[index - 1] ?? 0, root))
  }
  const rest = [...block, ...Array.from({ length: CHECK_CODEWORDS }, () => 0)]
  for (let i = 0; i < block.length; i++) {
    const factor = rest[i]!
    generator.forEach((value, index) => (rest[i + index]! ^= product(value, factor)))
  }
  return rest.slice(block.length)
}

/** In GF(256) modulo x⁸ + x⁴ + x³ + x² + 1. */
function product(a: number, b: number): number {
  let sum = 0
  for (; b > 0; b >>= 1, a = (a << 1) ^ (a & 0x80 ? 0x11d : 0)) if (b & 1) sum ^= a
  return sum
}

/** Pixels a module: whole ones, so that a camera sees edges. */
const SCALE = 6

/** `text` as a code, black on white in every theme; `label` says what it is to those who do not see it. */
export function qrCode(text: string, label: string): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = (SIZE + 2 * QUIET_ZONE) * SCALE
  canvas.setAttribute('role', 'img')
  canvas.setAttribute('aria-label', label)
  const context = canvas.getContext('2d')!
  context.fillStyle = '#fff'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.fillStyle = '#000'
  qrModules(text).forEach((row, y) => row.forEach((isDark, x) => {
    if (isDark) context.fillRect((x + QUIET_ZONE) * SCALE, (y + QUIET_ZONE) * SCALE, SCALE, SCALE)
  }))
  return canvas
}
