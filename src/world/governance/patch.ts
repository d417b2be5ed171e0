import { AppError, encodeCanonical, equalBytes } from '../../codec/index.ts'
import type { ErrorDetail, Value, ValueMap } from '../../codec/index.ts'
import { compareStateKeys } from '../state/keys.ts'
import type { PatchOp } from './records.ts'

export type PatchErrorCode = 'PATCH_BASE_MISMATCH' | 'PATCH_INVALID_PATH' | 'PATCH_NON_OBJECT'

/**
 * A patch that does not fit what it is applied to.
 * - `PATCH_BASE_MISMATCH`: it was made for another manifest
 * - `PATCH_INVALID_PATH`: a path is empty, leads nowhere, or leads to what patches may not touch
 * - `PATCH_NON_OBJECT`: a path goes through something that is no map
 */
export class PatchError extends AppError {
  declare readonly code: PatchErrorCode

  constructor(code: PatchErrorCode, message: string, detail: ErrorDetail = {}) {
    super(code, message, detail)
  }
}

/** `base` after the operations, in their order; `base` is left as it is. Missing maps on the way of a `set` are made. Throws `PatchError`. */
export function applyPatch(base: ValueMap, ops: readonly PatchOp[]): ValueMap {
  return ops.reduce<ValueMap>((map, op) => change(map, op, 0), base)
}

function change(map: ValueMap, op: PatchOp, depth: number): ValueMap {
  const key = op.path[depth]
  const path = op.path.join('.')
  if (key === undefined || key === '__proto__') throw new PatchError('PATCH_INVALID_PATH', 'A path names at least one key, and no key "__proto__".', { path })
  const exists = Object.hasOwn(map, key)
  const isLast = depth === op.path.length - 1
  if (isLast && op.op === 'set') return { ...map, [key]: op.value }
  if (op.op === 'remove' && !exists) throw new PatchError('PATCH_INVALID_PATH', `There is nothing at "${path}" to remove.`, { path })
  if (isLast) {
    const { [key]: _, ...rest } = map
    return rest
  }
  const inner = exists ? map[key]! : {}
  if (!isMap(inner)) throw new PatchError('PATCH_NON_OBJECT', `"${op.path.slice(0, depth + 1).join('.')}" is no map, so "${path}" leads nowhere.`, { path })
  return { ...map, [key]: change(inner, op, depth + 1) }
}

function isMap(value: Value): value is ValueMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
}

/** The operations that turn `before` into `after`, in order of their paths; a list or number that differs is set as a whole. */
export function diffValues(before: ValueMap, after: ValueMap, at: readonly string[] = []): PatchOp[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort(compareStateKeys)
  return keys.flatMap((key): PatchOp[] => {
    const path = [...at, key]
    if (!Object.hasOwn(after, key)) return [{ op: 'remove', path }]
    const [old, value] = [Object.hasOwn(before, key) ? before[key]! : undefined, after[key]!]
    if (old === undefined) return [{ op: 'set', path, value }]
    if (isMap(old) && isMap(value)) return diffValues(old, value, path)
    return equalBytes(encodeCanonical(old), encodeCanonical(value)) ? [] : [{ op: 'set', path, value }]
  })
}

/** Two operations of different patches about the same place, or one about a place inside the other's. */
export interface PatchConflict {
  readonly kind: 'same_path' | 'prefix_overlap'
  /** The shorter of the two paths. */
  readonly path: readonly string[]
  /** Positions of the two patches, and of the operation in each. */
  readonly patches: readonly [number, number]
  readonly ops: readonly [number, number]
}

/** All operations one after the other, and where patches get in each other's way. Whoever merges decides what to do about that. */
export function mergePatches(patches: readonly (readonly PatchOp[])[]): { readonly ops: readonly PatchOp[]; readonly conflicts: readonly PatchConflict[] } {
  const placed = patches.flatMap((ops, patch) => ops.map((op, index) => ({ path: op.path, patch, index })))
  const conflicts: PatchConflict[] = []
  for (const [i, first] of placed.entries()) {
    for (const second of placed.slice(i + 1)) {
      if (first.patch === second.patch) continue
      const [shorter, longer] = first.path.length <= second.path.length ? [first.path, second.path] : [second.path, first.path]
      if (!shorter.every((key, depth) => longer[depth] === key)) continue
      const kind = shorter.length === longer.length ? 'same_path' : 'prefix_overlap'
      conflicts.push({ kind, path: shorter, patches: [first.patch, second.patch], ops: [first.index, second.index] })
    }
  }
  return { ops: patches.flat(), conflicts }
}
