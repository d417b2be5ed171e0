import { BuildError } from './errors.ts'

/** The module sets of this version. */
export const SETS = ['m1', 'm4', 'm5'] as const
export type ModuleSet = (typeof SETS)[number]

/** The sets a person may mean: one, or `all`. Throws `SET_UNKNOWN`. */
export function setsNamed(name: string): readonly ModuleSet[] {
  if (name === 'all') return SETS
  const found = SETS.find((set) => set === name)
  if (found === undefined) throw new BuildError('SET_UNKNOWN', `There is no module set "${name.slice(0, 40)}". Use one of ${SETS.join(', ')}, or all.`, { set: name.slice(0, 40) })
  return [found]
}

/** Paths of what belongs to a set, from the root of the project. */
export const hashListPath = (set: ModuleSet): string => `artifacts/${set}_builtin_modules.sha256`
export const identityPath = (set: ModuleSet): string => `artifacts/${set}_builtin_modules.identity.json`
export const generatedPath = (set: ModuleSet): string => `src/artifacts/generated/${set}.ts`
export const wasmPath = (set: ModuleSet, moduleId: string): string => `artifacts/modules/${set}/${moduleId}.wasm`
export const manifestPath = (set: ModuleSet, moduleId: string): string => `artifacts/modules/${set}/${moduleId}/manifest.json`
