import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MODULE_SETS } from '../../src/artifacts/sets.ts'
import { sha256, toHex } from '../../src/codec/index.ts'
import { validateModule } from '../../src/wasm/index.ts'
import type { UnsignedManifest } from '../../src/world/index.ts'
import { compileModule } from './compile.ts'
import type { CompileJob } from './compile.ts'
import { compileAll } from './compile-all.ts'
import { BuildError } from './errors.ts'
import { completeManifest } from './manifest.ts'
import { buildManifestHash, buildRecipe } from './recipe.ts'
import type { BuildRecipe } from './recipe.ts'
import { manifestPath } from './sets.ts'
import type { ModuleSet } from './sets.ts'
import { foldersOfModule, readSources, SOURCE_ROOT, sourceHash } from './sources.ts'
import type { SetSources } from './sources.ts'
import { compilerVersionOf, readToolchain } from './toolchain.ts'
import type { LockedPackage } from './toolchain.ts'

export interface BuiltModule {
  readonly manifest: UnsignedManifest
  readonly wasm: Uint8Array
  readonly source_hash: string
  readonly build_manifest_hash: string
}

/** A set as its sources give it. */
export interface BuiltSet {
  readonly set: ModuleSet
  readonly sources: SetSources
  readonly toolchain: readonly LockedPackage[]
  readonly recipe: BuildRecipe
  /** Sorted by module id. */
  readonly modules: readonly BuiltModule[]
}

/** Compiles every module of a set and checks that a node would accept it. Throws `BuildError`. */
export async function buildSet(root: string, set: ModuleSet, log: (line: string) => void): Promise<BuiltSet> {
  const sources = await readSources(root, set)
  const toolchain = await readToolchain(root)
  const recipe = buildRecipe(compilerVersionOf(toolchain))
  const ids = sources.modules.map(({ module_id }) => module_id)
  let done = 0
  const wasms = await compileAll(ids.map((id) => jobOf(root, set, id, sources, recipe)), (index) => log(`  ${set} ${++done}/${ids.length} ${ids[index]}`))
  const build_manifest_hash = buildManifestHash(recipe)
  const modules = await Promise.all(ids.map(async (id, index): Promise<BuiltModule> => {
    const wasm = wasms[index]!
    const path = manifestPath(set, id)
    const manifest = completeManifest(await readFile(join(root, path), 'utf8'), path, id, toHex(sha256(wasm)))
    assertAcceptable(manifest, wasm)
    return { manifest, wasm, source_hash: sourceHash(id, sources, toolchain), build_manifest_hash }
  }))
  return { set, sources, toolchain, recipe, modules }
}

/** The bytes one module's source gives; null when the project has no such source. Throws `BuildError`. */
export async function buildWasm(root: string, moduleId: string): Promise<Uint8Array | null> {
  const recipe = buildRecipe(compilerVersionOf(await readToolchain(root)))
  for (const set of MODULE_SETS) {
    const sources = await readSources(root, set)
    if (sources.modules.some(({ module_id }) => module_id === moduleId)) return compileModule(jobOf(root, set, moduleId, sources, recipe))
  }
  return null
}

/** Where one module's bytes come from, as its identity says it; null when the project has no such source. Throws `BuildError`. */
export async function moduleOrigin(root: string, moduleId: string): Promise<Pick<BuiltModule, 'source_hash' | 'build_manifest_hash'> | null> {
  const toolchain = await readToolchain(root)
  for (const set of MODULE_SETS) {
    const sources = await readSources(root, set)
    if (!sources.modules.some(({ module_id }) => module_id === moduleId)) continue
    return { source_hash: sourceHash(moduleId, sources, toolchain), build_manifest_hash: buildManifestHash(buildRecipe(compilerVersionOf(toolchain))) }
  }
  return null
}

function jobOf(root: string, set: ModuleSet, id: string, sources: SetSources, recipe: BuildRecipe): CompileJob {
  return { sourceRoot: join(root, SOURCE_ROOT), entry: `${set}/${id}/module.ts`, folders: foldersOfModule(sources, set, id), compilerVersion: recipe.compiler_version }
}

function assertAcceptable(manifest: UnsignedManifest, wasm: Uint8Array): void {
  const refuse = (reason: string): never => {
    throw new BuildError('MODULE_INVALID', `${manifest.module_id} compiles, but no node would run it: ${reason}`, { module_id: manifest.module_id })
  }
  const { ok, errors } = validateModule(wasm)
  if (!ok) refuse(errors.map((error) => `${error.code}: ${error.message}`).join('; '))
  const exported = WebAssembly.Module.exports(new WebAssembly.Module(wasm as Uint8Array<ArrayBuffer>)).map((entry) => entry.name)
  const missing = manifest.exports.filter((name) => !exported.includes(name))
  if (missing.length > 0) refuse(`the manifest lists exports it does not have: ${missing.join(', ')}`)
}
