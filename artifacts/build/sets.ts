import { MODULE_SETS } from '../../src/artifacts/sets.ts'
import type { ModuleSet } from '../../src/artifacts/sets.ts'
import { BuildError } from './errors.ts'

export type { ModuleSet }

/** The sets a person may mean: one, or `all`. Throws `SET_UNKNOWN`. */
export function setsNamed(name: string): readonly ModuleSet[] {
  if (name === 'all') return MODULE_SETS
  const found = MODULE_SETS.find((set) => set === name)
  if (found === undefined) throw new BuildError('SET_UNKNOWN', `There is no module set "${name.slice(0, 40)}". Use one of ${MODULE_SETS.join(', ')}, or all.`, { set: name.slice(0, 40) })
  return [found]
}

/** Paths of what belongs to a set, from the root of the project. */
export const hashListPath = (set: ModuleSet): string => `artifacts/${set}_builtin_modules.sha256`
export const identityPath = (set: ModuleSet): string => `artifacts/${set}_builtin_modules.identity.json`
export const generatedPath = (set: ModuleSet): string => `src/artifacts/generated/${set}.ts`
export const wasmPath = (set: ModuleSet, moduleId: string): string => `artifacts/modules/${set}/${moduleId}.wasm`
export const manifestPath = (set: ModuleSet, moduleId: string): string => `artifacts/modules/${set}/${moduleId}/manifest.json`
