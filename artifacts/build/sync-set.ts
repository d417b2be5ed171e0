import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CodecError, utf8Bytes } from '../../src/codec/index.ts'
import { trustedSignersOf } from '../../src/world/index.ts'
import { GENERATED_SIGNERS_PATH, generatedSigners } from './generated-source.ts'
import { outputFiles, signModules } from './identities.ts'
import { parseIdentityFile } from './identity-file.ts'
import type { IdentityFile } from './identity-file.ts'
import { buildSet } from './module-set.ts'
import { removeFile, writeOutputs } from './outputs.ts'
import { identityPath } from './sets.ts'
import type { ModuleSet } from './sets.ts'
import { loadSigner } from './signing-key.ts'
import { SOURCE_ROOT } from './sources.ts'
import { readTrustedSigners } from './trusted-signers.ts'

export interface SyncReport {
  readonly modules: number
  /** Ids of the modules signed anew. */
  readonly signed: readonly string[]
  /** Paths written or removed. */
  readonly changed: readonly string[]
}

/** Builds a set, signs what changed, and writes the files that differ. Throws `BuildError` and writes nothing. */
export async function syncSet(root: string, set: ModuleSet, key: string, log: (line: string) => void): Promise<SyncReport> {
  const built = await buildSet(root, set, log)
  const signers = await readTrustedSigners(root)
  const { modules, signed } = await signModules(built.modules, await readPrevious(root, set), trustedSignersOf(signers), () => loadSigner(root, key))
  const outputs = [...outputFiles(built, modules), { path: GENERATED_SIGNERS_PATH, bytes: utf8Bytes(generatedSigners(signers)) }]
  const changed = [...(await writeOutputs(root, outputs))]
  for (const path of await extraWasm(root, set, modules.map(({ manifest }) => manifest.module_id))) {
    await removeFile(root, path)
    changed.push(path)
  }
  return { modules: modules.length, signed, changed }
}

/** An identity manifest that cannot be read has nothing worth keeping. */
async function readPrevious(root: string, set: ModuleSet): Promise<IdentityFile | null> {
  const json = await readFile(join(root, identityPath(set)), 'utf8').catch(() => null)
  if (json === null) return null
  try {
    return parseIdentityFile(json, set)
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof CodecError) return null
    throw error
  }
}

/** Paths of built files of a set that belong to none of `ids`. */
export async function extraWasm(root: string, set: ModuleSet, ids: readonly string[]): Promise<readonly string[]> {
  const names = await readdir(join(root, SOURCE_ROOT, set)).catch(() => [])
  return names.filter((name) => name.endsWith('.wasm') && !ids.includes(name.slice(0, -'.wasm'.length))).map((name) => `${SOURCE_ROOT}/${set}/${name}`)
}
