import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CodecError, equalBytes, utf8Bytes } from '../../src/codec/index.ts'
import { ArtifactIdentityError, identityHash, trustedSignersOf, verifyArtifactIdentity } from '../../src/world/index.ts'
import type { TrustedSigner } from '../../src/world/index.ts'
import type { Difference, DifferenceCode } from './errors.ts'
import { GENERATED_SIGNERS_PATH, generatedModules, generatedSigners } from './generated-source.ts'
import { parseHashList } from './hash-list.ts'
import type { SignedModule } from './identities.ts'
import { identityOf, parseIdentityFile } from './identity-file.ts'
import type { IdentityEntry, IdentityFile } from './identity-file.ts'
import { buildSet } from './module-set.ts'
import type { BuiltSet } from './module-set.ts'
import { generatedPath, hashListPath, identityPath, wasmPath } from './sets.ts'
import type { ModuleSet } from './sets.ts'
import { allFiles } from './sources.ts'
import { extraWasm } from './sync-set.ts'
import { readTrustedSigners } from './trusted-signers.ts'

/**
 * Builds a set anew and compares it with what is checked in: bytes, hash list, identities, signatures, generated code. Writes nothing.
 * Gives every difference, causes (a changed source) before consequences (other bytes). Throws `BuildError` when it cannot be built.
 */
export async function checkSet(root: string, set: ModuleSet, log: (line: string) => void): Promise<readonly Difference[]> {
  const found: Difference[] = []
  const report = (code: DifferenceCode, message: string): void => void found.push({ code, message })
  const built = await buildSet(root, set, log)
  const signers = await readTrustedSigners(root)
  const identities = await readIdentities(root, set, report)
  if (identities !== null) compareInputs(built, identities, report)
  await compareWasm(root, built, report)
  const listed = await compareList(root, built, report)
  if (identities !== null) {
    compareIds(built, identities, listed, report)
    const explained = found.some(({ code }) => CAUSES.has(code))
    const signed = compareIdentities(built, identities, signers, explained, report)
    if (signed !== null) await compareText(root, generatedPath(set), generatedModules(set, signed), report)
  }
  await compareText(root, GENERATED_SIGNERS_PATH, generatedSigners(signers), report)
  return found
}

type Report = (code: DifferenceCode, message: string) => void

const CAUSES: ReadonlySet<DifferenceCode> = new Set(['SOURCE_CHANGED', 'MANIFEST_CHANGED', 'SHARED_CHANGED', 'SDK_CHANGED', 'TOOLCHAIN_CHANGED', 'RECIPE_CHANGED'])

async function readIdentities(root: string, set: ModuleSet, report: Report): Promise<IdentityFile | null> {
  const path = identityPath(set)
  const json = await readFile(join(root, path), 'utf8').catch(() => null)
  if (json === null) {
    report('IDENTITY_FILE_MISSING', `${path} is missing.`)
    return null
  }
  try {
    return parseIdentityFile(json, set)
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof CodecError)) throw error
    report('IDENTITY_FILE_INVALID', `${path} is no identity manifest: ${error.message}`)
    return null
  }
}

/** What went into the build against what went into the checked-in one. */
function compareInputs({ set, sources, toolchain, recipe }: BuiltSet, identities: IdentityFile, report: Report): void {
  const now = new Map(allFiles(sources).map(({ path, sha256 }) => [path, sha256]))
  const then = new Map(identities.sources.map(({ path, sha256 }) => [path, sha256]))
  for (const path of [...new Set([...now.keys(), ...then.keys()])].sort()) {
    if (now.get(path) === then.get(path)) continue
    const what = !then.has(path) ? 'is new' : !now.has(path) ? 'is gone' : 'changed'
    report(causeOf(path), `artifacts/modules/${path} ${what} since ${set} was signed.`)
  }
  const locked = new Map(identities.toolchain.map((entry) => [entry.name, entry]))
  for (const { name, version, integrity } of toolchain) {
    const before = locked.get(name)
    if (before?.version === version && before.integrity === integrity) continue
    report('TOOLCHAIN_CHANGED', `package-lock.json pins ${name} ${version}, but ${set} was built with ${before?.version ?? 'none'}${before?.version === version ? ' of other content' : ''}.`)
  }
  const before = identities.build_recipe
  for (const field of ['compiler', 'compiler_version', 'target', 'canonicalizer_version'] as const) {
    if (before[field] !== recipe[field]) report('RECIPE_CHANGED', `The build has ${field} ${recipe[field]}, but ${set} was built with ${before[field]}.`)
  }
  for (const flag of recipe.flags) if (!before.flags.includes(flag)) report('RECIPE_CHANGED', `The compiler flag "${flag}" is new since ${set} was built.`)
  for (const flag of before.flags) if (!recipe.flags.includes(flag)) report('RECIPE_CHANGED', `The compiler flag "${flag}", which ${set} was built with, is gone.`)
}

function causeOf(path: string): DifferenceCode {
  const [top = '', folder = ''] = path.split('/')
  if (top === 'sdk') return 'SDK_CHANGED'
  if (!folder.includes('.')) return 'SHARED_CHANGED'
  return path.endsWith('/manifest.json') ? 'MANIFEST_CHANGED' : 'SOURCE_CHANGED'
}

async function compareWasm(root: string, { set, modules }: BuiltSet, report: Report): Promise<void> {
  for (const { manifest: { module_id }, wasm } of modules) {
    const path = wasmPath(set, module_id)
    const present = await readFile(join(root, path)).catch(() => null)
    if (present === null) report('WASM_MISSING', `${path} is missing.`)
    else if (!equalBytes(present, wasm)) report('BYTES_DIFFER', `${path} is not what its source gives (${present.length} bytes; built: ${wasm.length}).`)
  }
  for (const path of await extraWasm(root, set, modules.map(({ manifest }) => manifest.module_id))) report('WASM_EXTRA', `${path} has no source.`)
}

/** The ids on the list; null when there is none. */
async function compareList(root: string, { set, modules }: BuiltSet, report: Report): Promise<readonly string[] | null> {
  const path = hashListPath(set)
  const text = await readFile(join(root, path), 'utf8').catch(() => null)
  if (text === null) {
    report('LIST_MISSING', `${path} is missing.`)
    return null
  }
  const { hashes, lines, differences } = parseHashList(path, text)
  for (const { code, message } of differences) report(code, message)
  if (lines !== modules.length) report('LIST_COUNT_DIFFERS', `${path} has ${lines} lines, but ${set} has ${modules.length} modules.`)
  for (const { manifest: { module_id, wasm_hash } } of modules) {
    const hash = hashes.get(module_id)
    if (hash === undefined) report('LIST_MODULE_MISSING', `${path} does not list ${module_id}.`)
    else if (hash !== wasm_hash) report('LIST_HASH_DIFFERS', `${path} lists ${module_id} as ${hash}, but its source gives ${wasm_hash}.`)
  }
  for (const module_id of hashes.keys()) if (!modules.some(({ manifest }) => manifest.module_id === module_id)) report('LIST_MODULE_EXTRA', `${path} lists ${module_id}, which has no source.`)
  return [...hashes.keys()]
}

function compareIds({ set, modules }: BuiltSet, identities: IdentityFile, listed: readonly string[] | null, report: Report): void {
  const path = identityPath(set)
  const ids = identities.modules.map(({ module_id }) => module_id)
  const unique = new Set(ids)
  for (const id of unique) if (ids.indexOf(id) !== ids.lastIndexOf(id)) report('IDENTITY_DUPLICATE', `${path} holds ${id} twice.`)
  for (const { manifest: { module_id } } of modules) if (!unique.has(module_id)) report('IDENTITY_MODULE_MISSING', `${path} does not hold ${module_id}.`)
  for (const id of unique) if (!modules.some(({ manifest }) => manifest.module_id === id)) report('IDENTITY_MODULE_EXTRA', `${path} holds ${id}, which has no source.`)
  if (listed === null) return
  const apart = [...listed.filter((id) => !unique.has(id)), ...[...unique].filter((id) => !listed.includes(id))]
  if (apart.length > 0) report('IDS_DIFFER', `${hashListPath(set)} and ${path} do not hold the same modules: ${apart.join(', ')} is in one only.`)
}

/**
 * Hashes and signatures of every module. The modules with their identities, or null when one has none. `explained`: an input changed and
 * was named, so that hashes that follow from it need no line of their own.
 */
function compareIdentities({ set, modules }: BuiltSet, identities: IdentityFile, signers: readonly TrustedSigner[], explained: boolean, report: Report): readonly SignedModule[] | null {
  const trusted = trustedSignersOf(signers)
  const signed: SignedModule[] = []
  for (const module of modules) {
    const { manifest } = module
    const entry = identities.modules.find(({ module_id }) => module_id === manifest.module_id)
    if (entry === undefined) continue
    const stale = staleFields(entry, module)
    if (stale.length > 0 && !explained) report('IDENTITY_STALE', `${identityPath(set)}: ${stale.join(', ')} of ${manifest.module_id} is not what its source gives.`)
    const identity = identityOf(entry)
    signed.push({ ...module, identity })
    if (stale.length > 0) continue // no signature can cover what was built
    try {
      verifyArtifactIdentity({ ...manifest, artifact_identity: identity }, trusted, module.wasm)
    } catch (error) {
      if (!(error instanceof ArtifactIdentityError)) throw error
      report(error.code, `${identityPath(set)}: ${error.message}`)
    }
  }
  return signed.length === modules.length ? signed : null
}

function staleFields(entry: IdentityEntry, { manifest, source_hash, build_manifest_hash }: BuiltSet['modules'][number]): readonly string[] {
  const expected = {
    version: manifest.version, wasm_hash: manifest.wasm_hash, source_hash, build_manifest_hash,
    identity_hash: identityHash(manifest.module_id, { source_hash, build_manifest_hash }),
  }
  return (Object.keys(expected) as (keyof typeof expected)[]).filter((field) => entry[field] !== expected[field])
}

async function compareText(root: string, path: string, text: string, report: Report): Promise<void> {
  const present = await readFile(join(root, path)).catch(() => null)
  if (present === null || !equalBytes(present, utf8Bytes(text))) report('GENERATED_STALE', `${path} is not what the modules and their identities give.`)
}
