/** What a proposal asks for, put together from flags and files. */
import { randomBytes } from 'node:crypto'
import { AppError, CodecError, sha256, toHex } from '../../../codec/index.ts'
import type { Schema } from '../../../codec/index.ts'
import {
  CHECKPOINTS_KEY, manifestContentSchema, manifestHash, moduleChangesSchema, moduleKey, patchSchema,
} from '../../../world/index.ts'
import type { Checkpoint, ModuleChanges, ModuleManifest, ModuleRecord, ProposalContent, StateReader } from '../../../world/index.ts'
import { FlagError } from '../../flags.ts'
import type { FlagSpec, Flags } from '../../flags.ts'
import { readJson } from '../json.ts'
import { readBounded } from '../key-files.ts'
import { readModuleManifest } from '../module-files.ts'
import { manifestOf } from './intents.ts'

export const CONTENT_FLAGS = {
  title: { type: 'text', default: null, value: 'TEXT', help: 'what it is about, in a line' },
  description: { type: 'text', default: null, value: 'TEXT', help: 'why; signers see it marked as your own words' },
  upgrade: { type: 'text', default: null, value: 'MODULE_ID', help: 'replace the active version of this module by that of --module-manifest' },
  register: { type: 'text', default: null, value: 'MODULE_ID', help: 'put the version of --module-manifest on record, to be activated' },
  wasm: { type: 'text', default: null, value: 'FILE', help: 'bytes of that module; put on record first if they are not, with --agent-key' },
  'module-manifest': { type: 'text', default: null, value: 'FILE', help: 'its manifest as "aw artifact sign" writes it (default: beside --wasm, .manifest.json)' },
  activate: { type: 'text', default: null, value: 'ID@VERSION', help: 'let a registered version run' },
  deactivate: { type: 'text', default: null, value: 'MODULE_ID', help: 'stop a module; --reason says why' },
  reason: { type: 'text', default: null, value: 'TEXT', help: 'why a module stops' },
  'module-changes': { type: 'text', default: null, value: 'FILE', help: 'JSON {register, upgrade, activate, deactivate}, for several changes at once' },
  patch: { type: 'text', default: null, value: 'FILE', help: 'JSON list of {"op": "set", "path": ["governance", "threshold"], "value": 3} and {"op": "remove", "path"}' },
  manifest: { type: 'text', default: null, value: 'FILE', help: 'JSON of all of the manifest that may be set, as "proposal manifest" prints it' },
  rollback: { type: 'integer', default: null, min: 0, max: Number.MAX_SAFE_INTEGER, value: 'HEIGHT', help: 'go back to the checkpoint of this height; stands alone' },
} as const satisfies Record<string, FlagSpec>

export type ContentFlags = Flags<typeof CONTENT_FLAGS>

/** Files that flags name, read once, before a node is started. Throws what reading throws. */
export interface ContentFiles {
  readonly title: string
  readonly module: ModuleManifest | null
  /** Bytes of the module and their hash; null where they are on record already. */
  readonly wasm: Uint8Array | null
  readonly changes: ModuleChanges | null
  readonly patch: ProposalContent['patch']
  readonly manifest: ProposalContent['manifest']
}

export function readContentFiles(flags: ContentFlags): ContentFiles {
  if (flags.title === null) throw new FlagError('FLAG_VALUE', '--title needs a value: what the proposal is about, in a line.')
  if (flags.upgrade !== null && flags.register !== null) throw new FlagError('FLAG_VALUE', 'Give --upgrade or --register, not both; --module-changes takes several changes.')
  const wanted = flags.upgrade ?? flags.register
  const path = flags['module-manifest'] ?? (flags.wasm === null ? null : `${flags.wasm.replace(/\.wasm$/, '')}.manifest.json`)
  if (wanted !== null && path === null) throw new FlagError('FLAG_VALUE', 'Name the module with --wasm FILE or --module-manifest FILE; "aw artifact sign" makes the manifest.')
  const module = wanted === null ? null : readModuleManifest(path!)
  if (module !== null && module.module_id !== wanted) throw new AppError('MODULE_DIFFERS', `${path} is the manifest of ${module.module_id}, not of ${wanted}. Choose another file.`, { found: module.module_id })
  const wasm = flags.wasm === null ? null : readBounded(flags.wasm, 1 << 20)
  if (wasm !== null && module !== null && toHex(sha256(wasm)) !== module.wasm_hash) {
    throw new AppError('HASH_MISMATCH', `${flags.wasm} does not hold the bytes that the manifest names. Sign it again with "aw artifact sign".`, { expected: module.wasm_hash, found: toHex(sha256(wasm)) })
  }
  return {
    title: flags.title, module, wasm,
    changes: flags['module-changes'] === null ? null : parsed(moduleChangesSchema, flags['module-changes']),
    patch: flags.patch === null ? null : parsed(patchSchema, flags.patch),
    manifest: flags.manifest === null ? null : parsed(manifestContentSchema, flags.manifest),
  }
}

function parsed<T>(schema: Schema<T>, file: string): T {
  try {
    return schema.parse(readJson(file), '')
  } catch (cause) {
    if (!(cause instanceof CodecError)) throw cause
    throw new AppError('FILE_INVALID', `${file} does not fit: ${cause.message} Bytes are written {"$hex": "<hex>"}.`, { file }, { cause })
  }
}

/** The content as it will be hashed. Throws `MODULE_NOT_ACTIVE`, `CHECKPOINT_UNKNOWN`. */
export function contentFrom(state: StateReader, author: string, flags: ContentFlags, files: ContentFiles): ProposalContent {
  return {
    author, title: files.title, description: flags.description ?? '', base_manifest_hash: manifestHash(manifestOf(state)),
    patch: files.patch, manifest: files.manifest, rollback: flags.rollback === null ? null : checkpointAt(state, flags.rollback),
    module_changes: changesFrom(state, flags, files), salt: toHex(randomBytes(32)),
  }
}

function changesFrom(state: StateReader, flags: ContentFlags, { changes, module }: ContentFiles): ModuleChanges {
  const { register, upgrade, activate, deactivate } = changes ?? { register: [], upgrade: [], activate: [], deactivate: [] }
  const version = flags.activate === null ? null : /^(.+)@([^@]+)$/.exec(flags.activate)
  if (flags.activate !== null && version === null) throw new FlagError('FLAG_VALUE', '--activate takes ID@VERSION, such as m1.rule.move@1.1.0.')
  if (flags.deactivate !== null && flags.reason === null) throw new FlagError('FLAG_VALUE', '--deactivate needs --reason TEXT: why the module stops.')
  return {
    register: [...register, ...(flags.register !== null && module !== null ? [module] : [])],
    upgrade: [...upgrade, ...(flags.upgrade !== null && module !== null ? [upgradeTo(state, module)] : [])],
    activate: [...activate, ...(version == null ? [] : [{ module_id: version[1]!, version: version[2]! }])],
    deactivate: [...deactivate, ...(flags.deactivate === null ? [] : [{ module_id: flags.deactivate, reason: flags.reason! }])],
  }
}

function upgradeTo(state: StateReader, manifest: ModuleManifest): ModuleChanges['upgrade'][number] {
  const { module_id, version, wasm_hash } = manifest
  const active = state.get(moduleKey(module_id)) as unknown as ModuleRecord | null
  if (active === null) throw new AppError('MODULE_NOT_ACTIVE', `${module_id} is not active, so there is nothing to upgrade. Use --register and --activate.`, { module_id })
  return { module_id, from_version: active.active_version, to_version: version, wasm_hash, manifest }
}

/** Throws `CHECKPOINT_UNKNOWN` naming those there are. */
export function checkpointAt(state: StateReader, height: number): Checkpoint {
  const checkpoints = (state.get(CHECKPOINTS_KEY) ?? []) as unknown as readonly Checkpoint[]
  const found = checkpoints.find((checkpoint) => checkpoint.height === height)
  if (found !== undefined) return found
  throw new AppError('CHECKPOINT_UNKNOWN', `There is no checkpoint of height ${height}. There are: ${checkpoints.map((checkpoint) => checkpoint.height).join(', ') || 'none yet'}.`, { height })
}

