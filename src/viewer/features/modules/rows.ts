/** Rows of the table of modules: filtering, sorting and grouping. Pure. */
import { cidOf } from './cid.ts'
import { MODULE_SETS } from './records.ts'
import type { ActiveModule, ModuleSet } from './records.ts'
import { NO_USE } from './usage.ts'
import type { ModuleUse, Usage } from './usage.ts'

export type SortKey = 'module' | 'part' | 'calls' | 'fuel' | 'fees' | 'failures'

export interface ModuleRow {
  readonly module: ActiveModule
  readonly cid: string
  readonly use: ModuleUse
  /** Share of all fuel and of all fees, 0–1. */
  readonly fuelShare: number
  readonly feeShare: number
}

export function rowsOf(modules: readonly ActiveModule[], usage: Usage): ModuleRow[] {
  const share = (part: number, all: number): number => (all === 0 ? 0 : part / all)
  return modules.map((module) => {
    const use = usage.byModule.get(module.id) ?? NO_USE
    return { module, cid: cidOf(module.manifest.wasm_hash), use, fuelShare: share(use.fuel, usage.total.fuel), feeShare: share(fee(use), fee(usage.total)) }
  })
}

export const fee = ({ electricity, data }: ModuleUse): number => electricity + data

export function matches({ module: { id, manifest }, cid }: ModuleRow, query: string): boolean {
  const wanted = query.trim().toLowerCase()
  if (wanted === '') return true
  return [id, manifest.role, manifest.subscriptions.stage, manifest.artifact_identity?.signer_node_id ?? '', manifest.wasm_hash, cid].some((text) => text.includes(wanted))
}

const KEYS: Readonly<Record<SortKey, (row: ModuleRow) => number | string>> = {
  module: ({ module }) => module.id,
  part: ({ module: { manifest } }) => `${manifest.role} ${manifest.subscriptions.stage}`,
  calls: ({ use }) => use.calls,
  fuel: ({ use }) => use.fuel,
  fees: ({ use }) => fee(use),
  failures: ({ use }) => use.failures,
}

/** Texts ascending, numbers descending; `reversed` turns that round. Ties by id, so that rows do not jump from block to block. */
export function compareBy(key: SortKey, reversed: boolean): (a: ModuleRow, b: ModuleRow) => number {
  const value = KEYS[key]
  const sign = reversed ? -1 : 1
  const byId = (a: ModuleRow, b: ModuleRow): number => (a.module.id < b.module.id ? -1 : a.module.id > b.module.id ? 1 : 0)
  return (a, b) => {
    const [left, right] = [value(a), value(b)]
    const order = typeof left === 'number' ? (right as number) - left : left < right ? -1 : left > right ? 1 : 0
    return sign * order || byId(a, b)
  }
}

/** Sets that have rows, in their order. */
export function bySet(rows: readonly ModuleRow[]): (readonly [set: ModuleSet, rows: readonly ModuleRow[]])[] {
  return MODULE_SETS.map((set) => [set, rows.filter((row) => row.module.set === set)] as const).filter(([, found]) => found.length > 0)
}
