/** What a build says about itself, in `NAME.build.json` beside `NAME.wasm`; and hashes of sources that were built elsewhere. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { buildWasm, moduleOrigin } from '../../../../artifacts/build/index.ts'
import { AppError, schema, sha256, toHex, utf8Bytes } from '../../../codec/index.ts'
import type { Value } from '../../../codec/index.ts'
import { readRawJson } from '../json.ts'
import type { Origin } from './sign.ts'

const HASH = schema.text(64, /^[0-9a-f]{64}$/)
const buildFileSchema = schema.object({ module_id: schema.text(64), wasm_hash: HASH, source_hash: HASH, build_manifest_hash: HASH })

export const buildFileFor = (wasmFile: string): string => `${wasmFile.replace(/\.wasm$/, '')}.build.json`

/** Compiles a module of a copy of the project. Throws `ROOT_INVALID`, `MODULE_UNKNOWN` and `BuildError`. */
export async function buildFrom(root: string, moduleId: string): Promise<{ readonly wasm: Uint8Array; readonly build: string }> {
  if (!existsSync(join(root, 'package-lock.json'))) throw new AppError('ROOT_INVALID', `${root} is no copy of this project: it has no package-lock.json. Name one with --root DIR.`, { root })
  const wasm = await buildWasm(root, moduleId)
  const origin = await moduleOrigin(root, moduleId)
  if (wasm === null || origin === null) throw new AppError('MODULE_UNKNOWN', `${root} has no source of ${moduleId}. It is looked for in artifacts/modules/<set>/${moduleId}; name another copy with --root.`, { module_id: moduleId })
  return { wasm, build: `${JSON.stringify({ module_id: moduleId, wasm_hash: toHex(sha256(wasm)), ...origin }, null, 2)}\n` }
}

/** What the build beside these bytes says; null where there is no such file. Throws `BUILD_FILE_STALE`. */
export function builtOrigin(wasmFile: string, moduleId: string, wasmHash: string): Origin | null {
  const file = buildFileFor(wasmFile)
  if (!existsSync(file)) return null
  const { module_id, wasm_hash, source_hash, build_manifest_hash } = buildFileSchema.parse(readRawJson(file) as Value, file)
  if (module_id !== moduleId || wasm_hash !== wasmHash) throw new AppError('BUILD_FILE_STALE', `${file} is about other bytes than ${wasmFile} holds. Build again, or give --source and --recipe-hash.`, { expected: wasmHash, found: wasm_hash })
  return { source_hash, build_manifest_hash }
}

/**
 * SHA-256, as hex, of a file, or of a folder as these lines, each ended by one line feed:
 * ```
 * agent-world/foreign-source/v1
 * file <path from the folder, with slashes> <SHA-256 of the file, hex>     sorted by path
 * ```
 */
export function hashOfSource(path: string): string {
  try {
    if (!statSync(path).isDirectory()) return toHex(sha256(readFileSync(path)))
    const lines = readdirSync(path, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile()).map((entry) => {
      const file = join(entry.parentPath, entry.name)
      return `file ${relative(path, file).split(sep).join('/')} ${toHex(sha256(readFileSync(file)))}`
    })
    return toHex(sha256(utf8Bytes(['agent-world/foreign-source/v1', ...lines.sort()].map((line) => `${line}\n`).join(''))))
  } catch (cause) {
    throw new AppError('FILE_UNREADABLE', `${path} cannot be read. Check the name.`, { path }, { cause })
  }
}
