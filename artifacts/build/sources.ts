import type { Dirent } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256, toHex, utf8Bytes } from '../../src/codec/index.ts'
import { BuildError } from './errors.ts'
import { manifestPath } from './sets.ts'
import type { ModuleSet } from './sets.ts'
import type { LockedPackage } from './toolchain.ts'

export const SOURCE_ROOT = 'artifacts/modules'
export const SDK_FOLDER = 'sdk'

/** A file that decides the bytes of a module. */
export interface SourceFile {
  /** From artifacts/modules, with slashes. */
  readonly path: string
  /** Lowercase hex. */
  readonly sha256: string
}

export interface ModuleSources {
  readonly module_id: string
  /** Sorted by path. */
  readonly files: readonly SourceFile[]
}

/** What a set is built from. Every list is sorted. */
export interface SetSources {
  readonly modules: readonly ModuleSources[]
  /** Code of the set that is no module. */
  readonly shared: readonly SourceFile[]
  readonly sdk: readonly SourceFile[]
}

/**
 * Reads the sources of a set. A folder whose name holds a dot is a module and has a manifest.json; other folders are code that the modules
 * of the set share. Throws `SOURCE_MISSING`, or `SOURCE_OUTSIDE` for a link or a name that is not plain.
 */
export async function readSources(root: string, set: ModuleSet): Promise<SetSources> {
  const folders = await foldersOf(root, set)
  const modules: ModuleSources[] = []
  const shared: SourceFile[] = []
  for (const folder of folders) {
    const files = await filesBelow(root, `${set}/${folder}`)
    if (!isModuleFolder(folder)) shared.push(...files)
    else if (!files.some(({ path }) => path === `${set}/${folder}/manifest.json`)) {
      throw new BuildError('SOURCE_MISSING', `${manifestPath(set, folder)} is missing; every module folder has a manifest.json and a module.ts.`, { module_id: folder })
    } else modules.push({ module_id: folder, files })
  }
  return { modules, shared: sorted(shared), sdk: await filesBelow(root, SDK_FOLDER) }
}

const isModuleFolder = (name: string): boolean => name.includes('.')

async function foldersOf(root: string, set: ModuleSet): Promise<readonly string[]> {
  const entries = await readdir(join(root, SOURCE_ROOT, set), { withFileTypes: true }).catch((cause: unknown) => {
    throw new BuildError('SOURCE_MISSING', `There is no folder ${SOURCE_ROOT}/${set}. Restore it from version control.`, { set }, { cause })
  })
  const path = `${SOURCE_ROOT}/${set}`
  for (const entry of entries) assertPlain(entry, path)
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort()
}

const PLAIN_NAME = /^[A-Za-z0-9._-]+$/

/** The compiler follows links, whose targets no hash would cover; a name with a line feed would make two lines of one of `sourceHash`. */
function assertPlain(entry: Dirent, below: string): void {
  const name = JSON.stringify(entry.name)
  if (entry.isSymbolicLink()) throw new BuildError('SOURCE_OUTSIDE', `${name} below ${below} is a symbolic link; what it leads to would not show in the identity of a module. Put the code itself there.`, { below })
  if (!PLAIN_NAME.test(entry.name)) throw new BuildError('SOURCE_OUTSIDE', `${name} below ${below} is no name for a source: use letters, digits, dots, dashes and underscores.`, { below })
}

async function filesBelow(root: string, folder: string): Promise<readonly SourceFile[]> {
  const entries = await readdir(join(root, SOURCE_ROOT, folder), { withFileTypes: true, recursive: true }).catch(() => [])
  const base = join(root, SOURCE_ROOT)
  for (const entry of entries) assertPlain(entry, `${SOURCE_ROOT}/${folder}`)
  const files = entries.filter((entry) => entry.isFile() && isSource(entry.name)).map(async (entry): Promise<SourceFile> => {
    const full = join(entry.parentPath, entry.name)
    return { path: full.slice(base.length + 1).replaceAll('\\', '/'), sha256: toHex(sha256(await readFile(full))) }
  })
  return sorted(await Promise.all(files))
}

/** Notes for readers and the like change no byte. */
const isSource = (name: string): boolean => name.endsWith('.ts') || name.endsWith('.json')

function sorted(files: readonly SourceFile[]): readonly SourceFile[] {
  return [...files].sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** Every file of a set, sorted. */
export function allFiles({ modules, shared, sdk }: SetSources): readonly SourceFile[] {
  return sorted([...modules.flatMap(({ files }) => files), ...shared, ...sdk])
}

/** The folders, from artifacts/modules, that a module may take code from: its own, the shared ones of its set, the SDK. */
export function foldersOfModule({ shared }: SetSources, set: ModuleSet, moduleId: string): readonly string[] {
  const sharedFolders = new Set(shared.map(({ path }) => path.split('/').slice(0, 2).join('/')))
  return [`${set}/${moduleId}`, ...sharedFolders, SDK_FOLDER]
}

/**
 * `source_hash` of a module: SHA-256, as hex, of these lines of UTF-8, each ended by one line feed:
 * ```
 * agent-world/artifact-source/v1
 * module <module_id>
 * file <path from artifacts/modules> <SHA-256 of the file, hex>     .ts and .json files of the module, of the shared code of its set
 *                                                                   and of the SDK, sorted by path
 * lock <name> <version> <integrity>                                 packages of the compiler, sorted by name
 * ```
 */
export function sourceHash(moduleId: string, { modules, shared, sdk }: SetSources, toolchain: readonly LockedPackage[]): string {
  const own = modules.find((module) => module.module_id === moduleId)?.files ?? []
  const lines = [
    'agent-world/artifact-source/v1', `module ${moduleId}`,
    ...sorted([...own, ...shared, ...sdk]).map((file) => `file ${file.path} ${file.sha256}`),
    ...toolchain.map(({ name, version, integrity }) => `lock ${name} ${version} ${integrity}`),
  ]
  return toHex(sha256(utf8Bytes(lines.map((line) => `${line}\n`).join(''))))
}
