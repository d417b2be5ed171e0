import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256, toHex } from '../../src/codec/index.ts'
import { validateModule } from '../../src/wasm/index.ts'
import type { ModuleManifest } from '../../src/world/index.ts'
import { compileModule } from './compile.ts'
import { BuildError } from './errors.ts'
import { generatedSource } from './generated-source.ts'
import { completeManifest } from './manifest.ts'

export interface BuiltModule {
  readonly manifest: ModuleManifest
  readonly wasm: Uint8Array
}

/** A file the build owns: its path from the root of the project, and what belongs in it. */
export interface OutputFile {
  readonly path: string
  readonly bytes: Uint8Array
}

/** Ids of the modules of a set: its folders, sorted. */
export async function listModules(root: string, set: string): Promise<readonly string[]> {
  const folder = join(root, 'artifacts/modules', set)
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new BuildError('SOURCE_MISSING', `There is no folder ${folder}; is "${set}" the name of a module set?`, { set }, { cause })
  })
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort()
}

/** Compiles one module and checks that a node would accept it. */
export async function buildModule(root: string, set: string, moduleId: string): Promise<BuiltModule> {
  const manifestPath = `artifacts/modules/${set}/${moduleId}/manifest.json`
  const json = await readFile(join(root, manifestPath), 'utf8').catch((cause: unknown) => {
    throw new BuildError('SOURCE_MISSING', `${manifestPath} cannot be read; every module folder has a manifest.json and a module.ts.`, { path: manifestPath }, { cause })
  })
  const wasm = await compileModule(join(root, 'artifacts/modules'), `${set}/${moduleId}/module.ts`)
  const manifest = completeManifest(json, manifestPath, moduleId, toHex(sha256(wasm)))
  checkAcceptable(manifest, wasm)
  return { manifest, wasm }
}

function checkAcceptable(manifest: ModuleManifest, wasm: Uint8Array): void {
  const refuse = (reason: string): never => {
    throw new BuildError('MODULE_INVALID', `${manifest.module_id} compiles, but no node would run it: ${reason}`, { module_id: manifest.module_id })
  }
  const { ok, errors } = validateModule(wasm)
  if (!ok) refuse(errors.map((error) => `${error.code}: ${error.message}`).join('; '))
  const exported = WebAssembly.Module.exports(new WebAssembly.Module(wasm as Uint8Array<ArrayBuffer>)).map((entry) => entry.name)
  const missing = manifest.exports.filter((name) => !exported.includes(name))
  if (missing.length > 0) refuse(`the manifest lists exports it does not have: ${missing.join(', ')}`)
}

/** Every file a built set consists of, ready to be written or compared. Deterministic in the modules. */
export function outputFiles(set: string, modules: readonly BuiltModule[]): readonly OutputFile[] {
  const manifests = `${JSON.stringify(modules.map(({ manifest }) => manifest), null, 2)}\n`
  const hashes = modules.map(({ manifest }) => `${manifest.module_id} ${manifest.wasm_hash}\n`).join('')
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
  return [
    ...modules.map(({ manifest, wasm }) => ({ path: `artifacts/modules/${set}/${manifest.module_id}.wasm`, bytes: wasm })),
    { path: `artifacts/${set}_builtin_modules.sha256`, bytes: encode(hashes) },
    { path: `artifacts/${set}_builtin_modules.manifests.json`, bytes: encode(manifests) },
    { path: `src/artifacts/generated/${set}.ts`, bytes: encode(generatedSource(set, modules)) },
  ]
}
