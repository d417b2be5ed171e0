import type { EmbeddedModule } from './embedded.ts'
import { ArtifactError } from './errors.ts'

/** Rules of bodies and power (m1), industry (m4), society (m5). */
export const MODULE_SETS = ['m1', 'm4', 'm5'] as const
export type ModuleSet = (typeof MODULE_SETS)[number]

/** Chunks of their own, so that a page that never makes a genesis never fetches them. */
const LOADERS: Readonly<Record<ModuleSet, () => Promise<readonly EmbeddedModule[]>>> = {
  m1: async () => (await import('./generated/m1.ts')).M1_MODULES,
  m4: async () => (await import('./generated/m4.ts')).M4_MODULES,
  m5: async () => (await import('./generated/m5.ts')).M5_MODULES,
}

/** The embedded modules of these sets, unchecked, sorted by id. Throws `ArtifactError` IO_ERROR. */
export async function embeddedModules(sets: readonly ModuleSet[]): Promise<readonly EmbeddedModule[]> {
  try {
    return (await Promise.all(sets.map((set) => LOADERS[set]()))).flat()
  } catch (cause) {
    throw new ArtifactError('IO_ERROR', 'The built-in modules could not be loaded. Check the connection and reload.', {}, { cause })
  }
}
