import { manifestOf, verifiedModule } from './builtin.ts'
import type { BuiltinModule } from './builtin.ts'
import { ArtifactError } from './errors.ts'
import type { Materializer } from './materializer.ts'
import { embeddedModules, MODULE_SETS } from './sets.ts'
import type { ModuleSet } from './sets.ts'

/**
 * The built-in modules of these sets with bytes from `materializer`, sorted by id. Refuses what a world would refuse: a build of this machine
 * that nobody signed (`UNLISTED_BUILD`), and what `builtinModules` refuses.
 */
export async function materializedModules(materializer: Materializer, sets: readonly ModuleSet[] = MODULE_SETS): Promise<readonly BuiltinModule[]> {
  const modules: BuiltinModule[] = []
  for (const manifest of (await embeddedModules(sets)).map(manifestOf)) {
    const { module_id } = manifest
    const { wasm, wasm_hash, listed } = await materializer.materialize(module_id, [manifest.wasm_hash], { skipIndex: true })
    if (!listed) {
      throw new ArtifactError(
        'UNLISTED_BUILD',
        `This machine built ${module_id} as ${wasm_hash}, but ${manifest.wasm_hash} is what was signed. If its source is meant to differ, run "npm run artifacts -- sync all"; if not, restore artifacts/modules and run "npm ci".`,
        { module_id, wasm_hash, expected: manifest.wasm_hash },
      )
    }
    modules.push(verifiedModule(manifest, wasm))
  }
  return modules
}
