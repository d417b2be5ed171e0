import type { Value } from '../codec/index.ts'
import type { WorldManifest } from './chain-forms.ts'
import { isMap, own, sameValue } from './next-manifest.ts'

export interface ManifestChange {
  readonly path: readonly string[]
  /** Undefined where nothing was. */
  readonly before: Value | undefined
  readonly after: Value | undefined
}

/** Every leaf in which two manifests differ, in order of their paths. Lists are compared whole. */
export function diffManifests(before: WorldManifest, after: WorldManifest): ManifestChange[] {
  return diff(before as unknown as Value, after as unknown as Value, [])
}

function diff(before: Value | undefined, after: Value | undefined, path: readonly string[]): ManifestChange[] {
  if (!isMap(before) || !isMap(after)) return sameValue(before, after) ? [] : [{ path, before, after }]
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return names.flatMap((name) => diff(own(before, name), own(after, name), [...path, name]))
}

/** One entry of two lists of maps, told apart by what they name themselves with. */
export interface EntryChange {
  readonly id: string
  readonly before: Value | undefined
  readonly after: Value | undefined
}

/** What two lists of maps hold apart from each other; null unless every entry of both has a text in the same field `…_id`, each once. */
export function diffLists(before: Value | undefined, after: Value | undefined): EntryChange[] | null {
  const [old, next] = [byId(before), byId(after)]
  if (old === null || next === null) return null
  return [...new Set([...old.keys(), ...next.keys()])].sort().flatMap((id) => {
    const [was, is] = [old.get(id), next.get(id)]
    return sameValue(was, is) ? [] : [{ id, before: was, after: is }]
  })
}

function byId(list: Value | undefined): Map<string, Value> | null {
  if (!Array.isArray(list)) return null
  const entries = new Map<string, Value>()
  for (const entry of list as readonly Value[]) {
    const names = isMap(entry) ? Object.keys(entry).filter((name) => name.endsWith('_id')) : []
    const id = names.length === 1 ? own(entry as Readonly<Record<string, Value>>, names[0]!) : undefined
    if (typeof id !== 'string' || entries.has(id)) return null
    entries.set(id, entry)
  }
  return entries
}
