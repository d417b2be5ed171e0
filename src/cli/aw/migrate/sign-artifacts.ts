/** Re-signs modules whose manifests nobody with a key vouches for. Originals are read only; what is signed goes to another directory. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'
import { AppError, errorInfo, sha256, toHex, utf8Bytes } from '../../../codec/index.ts'
import { BUILTIN_SIGNERS } from '../../../artifacts/index.ts'
import { replaceFile } from '../../../storage/node.ts'
import type { TrustedSigner, UnsignedManifest } from '../../../world/index.ts'
import { assertRunnable, signedManifest } from '../artifact/sign.ts'
import type { ModuleSigner, Origin } from '../artifact/sign.ts'
import { formatManifest, parseManifest, parseUnsignedManifest } from '../module-files.ts'
import { Journal } from './journal.ts'
import { convertedManifest, formerIdentity, looksLikeManifest, originOf, originsIn } from './legacy.ts'
import type { FormerIdentity } from './legacy.ts'

export const JOURNAL_NAME = 'sign-artifacts.journal.jsonl'
const MAX_FILES = 20_000
const MAX_JSON_BYTES = 4 << 20
const MAX_WASM_BYTES = 1 << 20

/** What happens, or would happen, to one manifest. */
export interface FileReport {
  /** From the directory that is migrated, with slashes. */
  readonly file: string
  readonly module_id: string
  readonly version: string
  readonly was: FormerIdentity
  /** `keep`: a trusted signer signed it already. `done`: an earlier run did it. */
  readonly action: 'sign' | 'keep' | 'done' | 'fail'
  /** Name of the signed manifest in the output; null for a failure. */
  readonly out: string | null
  readonly code: string | null
  readonly detail: string | null
}

export interface MigrationReport {
  /** Nothing is written in a dry run. */
  readonly applied: boolean
  readonly counts: Readonly<Record<FileReport['action'], number>>
  readonly files: readonly FileReport[]
}

/** For tests: called after each thing that was made durable; may throw as a crash would. */
export type AfterStep = (step: 'wasm' | 'manifest' | 'journal', file: string) => void

interface Candidate {
  readonly file: string
  readonly json: Readonly<Record<string, unknown>>
  readonly manifestHash: string
}

/** A candidate whose every check passed. */
interface Ready {
  readonly was: FormerIdentity
  readonly wasm: Uint8Array
  readonly fields: UnsignedManifest
  /** Null for what is kept. */
  readonly origin: Origin | null
}

/** What would be done. Throws `DIRECTORY_UNREADABLE`, `TOO_MANY_FILES`. */
export function planMigration(directory: string, trusted: readonly TrustedSigner[]): MigrationReport {
  const { candidates, origins } = scan(directory)
  const taken = new Map<string, string>()
  return reportOf(false, candidates.map((candidate) => planned(directory, candidate, origins, trusted, taken)))
}

/** Does it, one file after another, each finished before the next. Throws as `planMigration` and as `Journal`. */
export async function applyMigration(directory: string, out: string, signer: ModuleSigner, afterStep: AfterStep = () => {}): Promise<MigrationReport> {
  const { candidates, origins } = scan(directory)
  mkdirSync(out, { recursive: true })
  const journal = new Journal(join(out, JOURNAL_NAME), signer.node_id, signer.publicKey)
  const trusted = [...BUILTIN_SIGNERS, { node_id: signer.node_id, public_key: signer.publicKey }]
  const taken = new Map<string, string>()
  const files: FileReport[] = []
  for (const candidate of candidates) files.push(await carriedOut({ directory, out, origins, trusted, taken, journal, signer, afterStep }, candidate))
  return reportOf(true, files)
}

interface Migration {
  readonly directory: string
  readonly out: string
  readonly origins: ReadonlyMap<string, Origin>
  readonly trusted: readonly TrustedSigner[]
  /** Which file an output name came from. */
  readonly taken: Map<string, string>
  readonly journal: Journal
  readonly signer: ModuleSigner
  readonly afterStep: AfterStep
}

async function carriedOut({ directory, out, origins, trusted, taken, journal, signer, afterStep }: Migration, candidate: Candidate): Promise<FileReport> {
  const plan = planned(directory, candidate, origins, trusted, taken)
  if (plan.out === null) return plan
  try {
    const { wasm, fields, origin } = ready(directory, candidate, origins, trusted)
    const wasm_hash = toHex(sha256(wasm))
    const before = journal.entryOf(candidate.file)
    if (before?.manifest_hash === candidate.manifestHash && before.wasm_hash === wasm_hash && isWritten(out, before.out, before.written_hash)) return { ...plan, action: 'done' }
    const manifest = utf8Bytes(formatManifest(origin === null ? parseManifest(candidate.json, candidate.file) : await signedManifest(fields, wasm, origin, signer)))
    replaceFile(join(out, plan.out.replace(/\.manifest\.json$/, '.wasm')), wasm, 0o644)
    afterStep('wasm', candidate.file)
    replaceFile(join(out, plan.out), manifest, 0o644)
    afterStep('manifest', candidate.file)
    journal.record({ file: candidate.file, manifest_hash: candidate.manifestHash, wasm_hash, written_hash: toHex(sha256(manifest)), out: plan.out })
    afterStep('journal', candidate.file)
    return plan
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return failed(candidate, plan.was, error)
  }
}

function planned(directory: string, candidate: Candidate, origins: ReadonlyMap<string, Origin>, trusted: readonly TrustedSigner[], taken: Map<string, string>): FileReport {
  const was = formerIdentity(candidate.json, trusted)
  try {
    const { fields: { module_id, version }, origin } = ready(directory, candidate, origins, trusted)
    const out = `${module_id}@${version}.manifest.json`
    const other = taken.get(out)
    if (other !== undefined) throw new AppError('VERSION_TWICE', `${other} is ${module_id}@${version} as well. Keep one of them.`, { other })
    taken.set(out, candidate.file)
    return { file: candidate.file, module_id, version, was, action: origin === null ? 'keep' : 'sign', out, code: null, detail: null }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return failed(candidate, was, error)
  }
}

function failed({ file, json }: Candidate, was: FormerIdentity, error: unknown): FileReport {
  const { code, message } = errorInfo(error)
  return { file, module_id: String(json['module_id']).slice(0, 64), version: String(json['version']).slice(0, 32), was, action: 'fail', out: null, code, detail: message }
}

/** Throws `WASM_MISSING`, `HASH_MISMATCH`, `MANIFEST_UNFIT`, `ORIGIN_UNKNOWN`, `MODULE_INVALID`. */
function ready(directory: string, { file, json }: Candidate, origins: ReadonlyMap<string, Origin>, trusted: readonly TrustedSigner[]): Ready {
  const was = formerIdentity(json, trusted)
  const fields = was === 'signed' ? parseUnsignedManifest(json, file) : convertedManifest(json)
  const wasm = wasmOf(join(directory, file), fields.wasm_hash)
  assertRunnable(fields, wasm)
  return { was, wasm, fields, origin: was === 'signed' ? null : originOf(json, origins) }
}

/** The bytes beside a manifest: under its own name, under their hash, or in the blob store of the earlier system. */
function wasmOf(manifestPath: string, wasmHash: string): Uint8Array {
  const folder = dirname(manifestPath)
  const stem = basename(manifestPath).replace(/(\.manifest)?\.json$/, '')
  const names = [`${stem}.wasm`, `${wasmHash}.wasm`, `${wasmHash}.blob`, wasmHash, join('blobs', `${wasmHash}.blob`), join('blobs', wasmHash)]
  const found = names.map((name) => join(folder, name)).find((path) => existsSync(path) && statSync(path).isFile())
  if (found === undefined) throw new AppError('WASM_MISSING', `There are no bytes beside the manifest: ${stem}.wasm or ${wasmHash}.wasm. Put them there.`, { wasm_hash: wasmHash })
  if (statSync(found).size > MAX_WASM_BYTES) throw new AppError('FILE_TOO_LARGE', `${found} is larger than any module may be.`, { path: found })
  const wasm = readFileSync(found)
  const hash = toHex(sha256(wasm))
  if (hash !== wasmHash) throw new AppError('HASH_MISMATCH', `${basename(found)} has the hash ${hash}, not the one its manifest names. Get the right bytes.`, { expected: wasmHash, found: hash })
  return wasm
}

/** Every manifest below a directory in order of path, and what identity manifests say about origins. Links are not followed. */
function scan(directory: string): { readonly candidates: readonly Candidate[]; readonly origins: ReadonlyMap<string, Origin> } {
  const candidates: Candidate[] = []
  const origins = new Map<string, Origin>()
  for (const path of jsonFiles(directory)) {
    const content = readFileSync(path)
    const json = parsedJson(content)
    for (const [id, origin] of originsIn(json) ?? []) origins.set(id, origin)
    if (looksLikeManifest(json)) candidates.push({ file: relative(directory, path).split(sep).join('/'), json, manifestHash: toHex(sha256(content)) })
  }
  return { candidates, origins }
}

function jsonFiles(directory: string): string[] {
  let files: string[]
  try {
    files = readdirSync(directory, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile() && entry.name.endsWith('.json')).map((entry) => join(entry.parentPath, entry.name))
  } catch (cause) {
    throw new AppError('DIRECTORY_UNREADABLE', `${directory} cannot be read. Name the directory that holds the manifests.`, { directory }, { cause })
  }
  if (files.length > MAX_FILES) throw new AppError('TOO_MANY_FILES', `${directory} holds ${files.length} JSON files; at most ${MAX_FILES} are looked at. Name a smaller directory.`, { files: files.length })
  return files.filter((path) => statSync(path).size <= MAX_JSON_BYTES).sort()
}

function parsedJson(content: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(content))
  } catch {
    return null // other people's files
  }
}

const isWritten = (out: string, name: string, hash: string): boolean => existsSync(join(out, name)) && toHex(sha256(readFileSync(join(out, name)))) === hash

function reportOf(applied: boolean, files: readonly FileReport[]): MigrationReport {
  const count = (action: FileReport['action']): number => files.filter((file) => file.action === action).length
  return { applied, counts: { sign: count('sign'), keep: count('keep'), done: count('done'), fail: count('fail') }, files }
}
