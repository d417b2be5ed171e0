import { PAGE_BYTES } from '../limits.ts'
import type { Argument } from '../testdata/raw-run.ts'
import { TRAP, calls } from './script.ts'
import type { Script, Step } from './script.ts'

interface Access {
  readonly name: string
  readonly width: 32 | 64
  readonly bytes: number
  readonly signed: boolean
}

const LOADS: readonly Access[] = ([32, 64] as const).flatMap((width) => [
  { name: `i${width}.load`, width, bytes: width / 8, signed: true },
  ...[8, 16, 32].filter((bits) => bits < width).flatMap((bits) => [
    { name: `i${width}.load${bits}_s`, width, bytes: bits / 8, signed: true },
    { name: `i${width}.load${bits}_u`, width, bytes: bits / 8, signed: false },
  ]),
])
const STORES: readonly Access[] = ([32, 64] as const).flatMap((width) => [
  { name: `i${width}.store`, width, bytes: width / 8, signed: true },
  ...[8, 16, 32].filter((bits) => bits < width).map((bits) => ({ name: `i${width}.store${bits}`, width, bytes: bits / 8, signed: true })),
])

/** Bytes at 0 and up to the end of the page, so that loads at both ends see every sign. */
const PATTERN = Uint8Array.from({ length: 32 }, (_, i) => (i * 37 + (i % 3 === 0 ? 0x80 : 1)) & 0xff)
const OFFSETS = [0, 1, 4, 65_528, 65_535, 65_536, 0xffff_ffff]
const ADDRESSES = [0, 1, 3, 8, 65_527, 65_528, 65_529, 65_532, 65_534, 65_535, 65_536, 0x7fff_ffff, 0x8000_0000, 0xffff_fff8, 0xffff_ffff]
const VALUES = [0n, -1n, 0x7fn, 0x80n, 0x8000n, 0x7fff_ffffn, 0x8000_0000n, 0x0123_4567_89ab_cdefn]

const escaped = (bytes: Uint8Array): string => Array.from(bytes, (byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')
const MEMORY = `(memory (export "memory") 1 1) (data (i32.const 0) "${escaped(PATTERN)}") (data (i32.const ${PAGE_BYTES - PATTERN.length}) "${escaped(PATTERN)}")`

function initialPage(): Uint8Array {
  const page = new Uint8Array(PAGE_BYTES)
  page.set(PATTERN)
  page.set(PATTERN, PAGE_BYTES - PATTERN.length)
  return page
}

const outside = (address: number, bytes: number): boolean => address + bytes > PAGE_BYTES // never wraps (core 2.0 §4.4.7)
const i32 = (value: number): number => value | 0

function loadScript({ name, width, bytes, signed }: Access): Script {
  const page = initialPage()
  const steps = OFFSETS.flatMap((offset) => ADDRESSES.map((address): Step => {
    const at = address + offset
    if (outside(at, bytes)) return [`+${offset}`, [i32(address)], TRAP]
    let value = 0n
    for (let i = bytes - 1; i >= 0; i--) value = (value << 8n) | BigInt(page[at + i]!)
    return [`+${offset}`, [i32(address)], String(BigInt.asIntN(width, signed ? BigInt.asIntN(bytes * 8, value) : value))]
  }))
  const functions = OFFSETS.map((offset) => `(func (export "+${offset}") (param i32) (result i${width}) (${name} offset=${offset} (local.get 0)))`)
  return { name, wat: `(module ${MEMORY} ${functions.join(' ')})`, steps, memory: page }
}

function storeScript({ name, width, bytes }: Access): Script {
  const page = initialPage()
  const steps = OFFSETS.flatMap((offset) => ADDRESSES.flatMap((address) => VALUES.map((value): Step => {
    const at = address + offset
    const args: Argument[] = [i32(address), width === 32 ? Number(BigInt.asIntN(32, value)) : value]
    if (outside(at, bytes)) return [`+${offset}`, args, TRAP]
    for (let i = 0; i < bytes; i++) page[at + i] = Number((value >> BigInt(8 * i)) & 0xffn)
    return [`+${offset}`, args, 'undefined']
  })))
  const functions = OFFSETS.map((offset) => `(func (export "+${offset}") (param i32 i${width}) (${name} offset=${offset} (local.get 0) (local.get 1)))`)
  return { name, wat: `(module ${MEMORY} ${functions.join(' ')})`, steps, memory: page }
}

const RANGES: readonly (readonly [to: number, from: number, length: number])[] = [
  [0, 0, 0], [100, 0, 32], [4, 0, 20], [0, 4, 20], [8, 8, 16], [200, 65_504, 32], [65_504, 0, 32], [65_505, 0, 32], [0, 65_505, 32],
  [65_536, 0, 0], [0, 65_536, 0], [65_537, 0, 0], [0, 65_537, 0], [0, 0, 65_536], [0, 0, 65_537], [1, 0, 65_535], [0, 1, 65_535],
  [0xffff_ffff, 0, 1], [0, 0xffff_ffff, 1], [0xffff_ff00, 0, 0x200], [0, 0, 0xffff_ffff], [300, 3, 1], [300, 2, 7],
]

function copyScript(): Script {
  const page = initialPage()
  const steps = RANGES.map(([to, from, length]): Step => {
    const args = [to, from, length].map(i32)
    if (outside(to, length) || outside(from, length)) return ['copy', args, TRAP]
    page.copyWithin(to, from, from + length)
    return ['copy', args, 'undefined']
  })
  return { name: 'memory.copy', wat: `(module ${MEMORY} (func (export "copy") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2))))`, steps, memory: page }
}

function fillScript(): Script {
  const page = initialPage()
  const steps = RANGES.map(([to, value, length]): Step => {
    const args = [to, value, length].map(i32)
    if (outside(to, length)) return ['fill', args, TRAP]
    page.fill(value & 0xff, to, to + length)
    return ['fill', args, 'undefined']
  })
  return { name: 'memory.fill', wat: `(module ${MEMORY} (func (export "fill") (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2))))`, steps, memory: page }
}

/** Segment 2 is passive and holds PATTERN; 0 and 1 are active, so they are empty once the module is instantiated. */
function initScript(): Script {
  const page = initialPage()
  const steps: Step[] = []
  let dropped = false
  const init = (to: number, from: number, length: number): void => {
    const available = dropped ? 0 : PATTERN.length
    const bad = outside(to, length) || from + length > available
    if (!bad) page.set(PATTERN.subarray(from, from + length), to)
    steps.push(['init', [to, from, length].map(i32), bad ? TRAP : 'undefined'])
  }
  const all: readonly (readonly [number, number, number])[] = [
    [1000, 0, 32], [1100, 5, 27], [1100, 5, 28], [1200, 32, 0], [1200, 33, 0], [65_536, 0, 0], [65_537, 0, 0], [65_504, 0, 32], [65_505, 0, 32], [0, 0xffff_ffff, 1], [0xffff_ffff, 0, 1],
  ]
  for (const [to, from, length] of all) init(to, from, length)
  steps.push(['initActive', [0, 0, 0].map(i32), 'undefined'], ['initActive', [0, 0, 1], TRAP])
  steps.push(['drop', [], 'undefined'], ['drop', [], 'undefined'])
  dropped = true
  for (const [to, from, length] of all) init(to, from, length)
  return {
    name: 'memory.init and data.drop',
    wat: `(module ${MEMORY} (data "${escaped(PATTERN)}")
      (func (export "init") (param i32 i32 i32) (memory.init 2 (local.get 0) (local.get 1) (local.get 2)))
      (func (export "initActive") (param i32 i32 i32) (memory.init 0 (local.get 0) (local.get 1) (local.get 2)))
      (func (export "drop") (data.drop 2)))`,
    steps, memory: page,
  }
}

const GROW: Script = {
  name: 'memory.size and memory.grow',
  wat: `(module (memory 1 4)
    (func (export "size") (result i32) memory.size)
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
    (func (export "store") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
    (func (export "growInLoop") (param i32) (result i32) (local $sum i32)
      (loop $again
        (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 10)) (i32.add (memory.grow (i32.const 0)) (i32.const 1))))
        (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
        (br_if $again (local.get 0)))
      (local.get $sum)))`,
  steps: [
    ['size', [], '1'], ['load', [65_532], '0'], ['load', [65_536], TRAP], ['store', [65_536, 7], TRAP],
    ['grow', [0], '1'], ['grow', [4], '-1'], ['size', [], '1'], ['grow', [-1], '-1'], ['grow', [65_536], '-1'],
    ['grow', [1], '1'], ['size', [], '2'], ['load', [65_536], '0'], ['store', [65_536, 7], 'undefined'], ['load', [65_536], '7'], ['load', [131_072], TRAP],
    ['grow', [3], '-1'], ['growInLoop', [3], '333'], ['grow', [2], '2'], ['size', [], '4'], ['load', [65_536], '7'], ['load', [262_140], '0'], ['load', [262_141], TRAP],
    ['grow', [1], '-1'], ['grow', [0], '4'],
  ],
}

const EMPTY: Script = {
  name: 'a memory of no pages',
  wat: `(module (memory 0 1) (func (export "size") (result i32) memory.size) (func (export "grow") (result i32) (memory.grow (i32.const 1)))
    (func (export "load") (result i32) (i32.load8_u (i32.const 0))) (func (export "fill") (param i32) (memory.fill (i32.const 0) (i32.const 1) (local.get 0))))`,
  steps: [['size', [], '0'], ['load', [], TRAP], ['fill', [0], 'undefined'], ['fill', [1], TRAP], ['grow', [], '0'], ['load', [], '0'], ['fill', [1], 'undefined'], ['load', [], '1'], ['grow', [], '-1']],
}

/** A trap stops the program at the instruction that trapped: what came before stays, what comes after never happens. */
const PARTIAL: Script = {
  name: 'effects before a trap stay',
  wat: `(module (memory 1 1) (global $g (mut i32) (i32.const 0))
    (func (export "run") (param i32) (result i32)
      (i32.store (i32.const 0) (i32.const 11))
      (global.set $g (i32.const 22))
      (i64.store (local.get 0) (i64.const -1))
      (i32.store (i32.const 4) (i32.const 33))
      (i32.const 1))
    (func (export "first") (result i32) (i32.load (i32.const 0)))
    (func (export "second") (result i32) (i32.load (i32.const 4)))
    (func (export "global") (result i32) (global.get $g))
    (func (export "last") (result i32) (i32.load (i32.const 65532))))`,
  steps: [
    ['run', [65_529], TRAP], ['first', [], '11'], ['second', [], '0'], ['global', [], '22'], ['last', [], '0'],
    ['run', [65_528], '1'], ['second', [], '33'], ['last', [], '-1'],
  ],
}

const SEGMENTS: Script = {
  name: 'data segments',
  wat: `(module (memory 1 1)
    (data (i32.const 0) "abcd") (data (i32.const 2) "XY") (data (i32.const 65535) "z") (data (i32.const 65536) "") (data (i32.const 10) "")
    (func (export "at") (param i32) (result i32) (i32.load8_u (local.get 0))))`,
  steps: calls('at', [[[0], 97], [[1], 98], [[2], 88], [[3], 89], [[4], 0], [[65_535], 122], [[65_536], TRAP]]),
}

export const MEMORY_SCRIPTS: readonly Script[] = [
  ...LOADS.map(loadScript), ...STORES.map(storeScript), copyScript(), fillScript(), initScript(), GROW, EMPTY, PARTIAL, SEGMENTS,
]
