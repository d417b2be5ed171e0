/** Sorting and filtering of the table twin. Pure. */
import type { VisibleEntity } from '../../render/contract.ts'

export type SortKey = 'name' | 'activity'

export function matches(entity: VisibleEntity, query: string): boolean {
  const wanted = query.trim().toLowerCase()
  return wanted === '' || entity.name.toLowerCase().includes(wanted) || entity.id.includes(wanted)
}

/** Ties are broken by id, so that rows do not jump from block to block. */
export function compareBy(key: SortKey): (a: VisibleEntity, b: VisibleEntity) => number {
  const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
  return key === 'name'
    ? (a, b) => a.name.localeCompare(b.name) || order(a.id, b.id)
    : (a, b) => order(a.activity, b.activity) || a.name.localeCompare(b.name) || order(a.id, b.id)
}
