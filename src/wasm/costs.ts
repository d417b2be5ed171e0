import { Op } from './binary/opcodes.ts'

/**
 * Version of everything that decides fuel and acceptance: this cost table, the folding rules, the module limits. Consensus: any
 * change that alters one fuel figure or one verdict of a world that runs raises it. Emitted bytes never leave the machine, but must
 * be the same everywhere, or fuel would not be.
 */
export const METER_VERSION = 1

/** The counter holds `fuel << FUEL_SHIFT | stack`: fuel below zero is the sign bit, an exhausted stack sets the guard bit. */
export const FUEL_SHIFT = 16
export const FUEL_UNIT = 2 ** FUEL_SHIFT
/** Bit 15, borrowed out of the 15 stack bits below it. */
export const STACK_GUARD_BIT = 0x8000n
/** Most fuel one call may have: what is left of a signed 64-bit counter above the stack field. A safe integer. */
export const MAX_FUEL = 2 ** 47 - 1
/**
 * Call stack of one call, in units of four 8-byte slots; 1,000–2,000 ordinary frames. The smallest native stack measured is
 * Chromium's worker at 11,730 units; with `staticStackUnits` for the part outside recursion this stays under half of it.
 */
export const STACK_UNITS = 4096
/** Slots per stack unit. */
export const SLOTS_PER_UNIT = 4
/** Slots a frame has besides params, locals and operands: return address, saved registers, instance. */
export const FRAME_OVERHEAD_SLOTS = 6

/** Fuel of one instruction, by opcode. Instructions that only shape control flow are free; those with data-dependent work are charged on top. */
export const INSTRUCTION_COST = new Uint8Array(256).fill(1)
for (const free of [Op.nop, Op.block, Op.loop, Op.else, Op.end, Op.drop]) INSTRUCTION_COST[free] = 0
INSTRUCTION_COST.fill(8, 0x6d, 0x71) // i32 div and rem: 20–40 cycles on common machines
INSTRUCTION_COST.fill(8, 0x7f, 0x83) // i64 div and rem
// A load that misses every cache takes some 7 ns, one that hits 0.3: priced between, so that no program gets far more time per fuel.
INSTRUCTION_COST.fill(3, Op.firstLoad, Op.lastLoad + 1)
INSTRUCTION_COST.fill(2, Op.firstStore, Op.lastStore + 1)
INSTRUCTION_COST[Op.brTable] = 3 // an indirect jump
INSTRUCTION_COST[Op.call] = 3
INSTRUCTION_COST[Op.callIndirect] = 8 // bounds check, signature check, indirect jump

/** Charged on entry to a function: the frame, and zeroing its locals (per started group of eight). */
export const FUNCTION_ENTRY_COST = 2
export const COST_PER_8_LOCALS = 1
/** memory.copy, fill, init: a base, and one per 8 bytes. Checked before the work is done. */
export const BULK_BASE_COST = 10
export const BULK_BYTES_SHIFT = 3
/** memory.grow, per 64 KiB page: the engine maps and zeroes it. */
export const GROW_PAGE_COST = 4096

/**
 * How far charging may depart from one-charge-per-instruction to be fast. The charge is never below it (see the oracle test).
 */
export interface ChargingRules {
  /** A conditional region of at most this cost may be charged with the code that leads to it. */
  readonly foldedRegionCost: number
  /** A small helper function is charged by its callers if its worst case costs at most this … */
  readonly helperCost: number
  /** … and its worst case exceeds its certain part by at most this. */
  readonly helperSpread: number
}

export const CHARGING_RULES: ChargingRules = { foldedRegionCost: 6, helperCost: 96, helperSpread: 32 }
/** Charges exactly one-per-instruction fuel on every normal exit; the measure the rules above are tested against. */
export const EXACT_CHARGING: ChargingRules = { foldedRegionCost: 0, helperCost: 0, helperSpread: 0 }

/** Names of the exports added by instrumentation. Modules may not export names with this prefix. */
export const RESERVED_PREFIX = '$$'
export const METER_EXPORT = '$$m'
export const FAULT_EXPORT = '$$fault'
export const START_EXPORT = '$$start'
export const RESET_EXPORT = '$$reset'
