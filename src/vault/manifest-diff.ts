import { encodeCanonical, equalBytes } from '../codec/index.ts'
import type { Value, ValueMap } from '../codec/index.ts'
import type { ProposalContent, WorldManifest } from './chain-forms.ts'

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

/** The changes that neither the patch nor the module changes of a proposal ask for. The kernel counts `version` and `governance.epoch_id` itself. */
export function unexplainedChanges(changes: readonly ManifestChange[], { patch, module_changes }: ProposalContent): ManifestChange[] {
  const asked = new Set([...module_changes.upgrade, ...module_changes.activate, ...module_changes.deactivate].map(({ module_id }) => module_id))
  return changes.filter(({ path, before, after }) => {
    const [top, second] = path
    if (path.length === 1 && top === 'version') return !isNext(before, after)
    if (top === 'modules') return second === undefined || !asked.has(second)
    if ((patch ?? []).some((operation) => isWithin(path, operation.path) || isWithin(operation.path, path))) return false
    return !(path.length === 2 && top === 'governance' && second === 'epoch_id' && isNext(before, after))
  })
}

/** The operations of a patch whose effect the next manifest does not show. */
export function missingEffects(next: WorldManifest, { patch }: ProposalContent): readonly string[] {
  return (patch ?? []).flatMap((operation, index, all) => {
    const overwritten = all.slice(index + 1).some((later) => isWithin(later.path, operation.path) || isWithin(operation.path, later.path))
    const wanted = operation.op === 'set' ? operation.value : undefined
    return overwritten || sameValue(valueAt(next as unknown as Value, operation.path), wanted) ? [] : [operation.path.join('.')]
  })
}

function valueAt(value: Value, path: readonly string[]): Value | undefined {
  let at: Value | undefined = value
  for (const name of path) at = isMap(at) ? own(at, name) : undefined
  return at
}

const isWithin = (path: readonly string[], prefix: readonly string[]): boolean => prefix.length <= path.length && prefix.every((name, index) => path[index] === name)
const isNext = (before: Value | undefined, after: Value | undefined): boolean => typeof before === 'number' && after === before + 1
const own = (map: ValueMap, name: string): Value | undefined => (Object.hasOwn(map, name) ? map[name] : undefined)

function isMap(value: Value | undefined): value is ValueMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
}

function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return equalBytes(encodeCanonical(a), encodeCanonical(b))
}
