/** `aw artifact`: modules as files: built, signed, and held against what a world would ask of them. */
import { AppError, fromHex, sha256, toHex } from '../../codec/index.ts'
import type { ValueMap } from '../../codec/index.ts'
import { builtinModule } from '../../artifacts/index.ts'
import { artifactKey, ArtifactIdentityError, compareVersions, moduleKey, moduleLatestKey, trustedSignersOf, verifyArtifactIdentity } from '../../world/index.ts'
import type { ModuleManifest, ModuleRecord, TrustedSigners, UnsignedManifest } from '../../world/index.ts'
import { FlagError, flagHelp, parseFlags } from '../flags.ts'
import type { FlagSpec, Flags } from '../flags.ts'
import { buildFileFor, buildFrom, builtOrigin, hashOfSource } from './artifact/origin.ts'
import { openModuleSigner, signedManifest, whyNotRunnable } from './artifact/sign.ts'
import type { Origin } from './artifact/sign.ts'
import { CHAIN_FLAGS } from './chain.ts'
import { printResult, REAL, withChain } from './components.ts'
import type { Components } from './components.ts'
import { readRawJson } from './json.ts'
import { passphraseFor, readBounded, readKeyFile, writeNew } from './key-files.ts'
import { formatManifest, manifestPathFor, parseUnsignedManifest, readModuleManifest } from './module-files.ts'
import { manifestOf } from './proposal/intents.ts'

const JSON_FLAG = { json: { type: 'boolean', default: false, help: 'print the result as JSON; everything else goes to standard error' } } as const satisfies Record<string, FlagSpec>

const BUILD_FLAGS = {
  root: { type: 'text', default: '.', value: 'DIR', help: 'copy of the project whose artifacts/modules hold the source' },
  out: { type: 'text', default: null, value: 'FILE', help: 'where to write the bytes (default MODULE_ID.wasm); FILE without .wasm and with .build.json says what they came of' },
  ...JSON_FLAG,
} as const satisfies Record<string, FlagSpec>
const SIGN_FLAGS = {
  id: { type: 'text', default: null, value: 'MODULE_ID', help: 'which module the bytes are' },
  version: { type: 'text', default: null, value: 'X.Y.Z', help: 'its version, above every version registered before' },
  signer: { type: 'text', default: null, value: 'NODE_ID', help: 'name under which the world trusts the key, such as testnet.artifacts.1' },
  key: { type: 'text', default: null, value: 'FILE', help: 'keystore to sign with' },
  'passphrase-file': { type: 'text', default: null, value: 'FILE', help: 'first line is the passphrase (default: asked for)' },
  from: { type: 'text', default: 'active', value: 'active|builtin|FILE', help: 'manifest to begin with: of the version active in the world, of the built-in module, or a file' },
  changes: { type: 'text', default: null, value: 'FILE', help: 'JSON of fields that differ from it, such as {"limits": {…}}' },
  source: { type: 'text', default: null, value: 'PATH', help: 'file or folder the bytes were built from (default: what NAME.build.json says)' },
  'recipe-hash': { type: 'text', default: null, value: 'HEX', help: 'SHA-256 of the build recipe (default: what NAME.build.json says, else that of --from)' },
  out: { type: 'text', default: null, value: 'FILE', help: 'where to write the manifest (default NAME.manifest.json)' },
  ...CHAIN_FLAGS, ...JSON_FLAG,
} as const satisfies Record<string, FlagSpec>
const CHECK_FLAGS = {
  wasm: { type: 'text', default: null, value: 'FILE', help: 'its bytes (default: beside it)' },
  'signer-key': { type: 'text', default: null, value: 'HEX', help: 'public key of its signer: checks without asking a world' },
  ...CHAIN_FLAGS, ...JSON_FLAG,
} as const satisfies Record<string, FlagSpec>

const HELP = `Modules as files. A module is NAME.wasm with NAME.manifest.json beside it, whose signature covers everything in it.

  npm run aw -- artifact build MODULE_ID [options]                                       compile a module of this project or of a changed copy
  npm run aw -- artifact sign FILE.wasm --id ID --version X.Y.Z --signer NODE_ID --key FILE [options]
  npm run aw -- artifact check FILE.manifest.json [options]                              what a world would say to it

build:
${flagHelp(BUILD_FLAGS)}

sign:
${flagHelp(SIGN_FLAGS)}

check:
${flagHelp(CHECK_FLAGS)}

Exit status: 0 done, or every check passed, 1 an error or a failed check (named), 2 arguments that are not understood.
`

const MAX_WASM_BYTES = 1 << 20
const HASH = /^[0-9a-f]{64}$/

export async function run([command, file, ...args]: readonly string[], components: Components = REAL): Promise<number> {
  if (command === undefined || command === '--help' || file === '--help' || args.includes('--help')) {
    components.terminal.print(HELP)
    return command === undefined ? 2 : 0
  }
  if (!Object.hasOwn(COMMANDS, command)) throw new FlagError('COMMAND_UNKNOWN', `"artifact ${command}" is not understood. Known: ${Object.keys(COMMANDS).join(', ')}.`)
  const [name, action] = COMMANDS[command]!
  if (file === undefined || file.startsWith('--')) throw new FlagError('FLAG_VALUE', `artifact ${command} needs ${name} first.`)
  return action(components, file, args)
}

const COMMANDS: Readonly<Record<string, readonly [string, (components: Components, file: string, args: readonly string[]) => Promise<number>]>> = {
  build: ['the id of a module', build], sign: ['a wasm file', sign], check: ['a manifest', check],
}

async function build(components: Components, moduleId: string, args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, BUILD_FLAGS)
  const out = flags.out ?? `${moduleId}.wasm`
  const { wasm, build } = await buildFrom(flags.root, moduleId)
  writeNew(out, wasm, 0o644)
  writeNew(buildFileFor(out), build, 0o644)
  const wasm_hash = toHex(sha256(wasm))
  printResult(components, flags.json, { ok: true, file: out, build_file: buildFileFor(out), bytes: wasm.length, wasm_hash }, () =>
    `${out}: ${wasm.length} bytes, sha256 ${wasm_hash}\nnext: npm run aw -- artifact sign ${out} --id ${moduleId} --version X.Y.Z --signer NODE_ID --key FILE`)
  return 0
}

async function sign(components: Components, file: string, args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, SIGN_FLAGS)
  const { id, version, signer, key } = { id: needed(flags.id, 'id'), version: needed(flags.version, 'version'), signer: needed(flags.signer, 'signer'), key: needed(flags.key, 'key') }
  const wasm = readBounded(file, MAX_WASM_BYTES)
  const { keystore } = readKeyFile(key)
  const before = await manifestBefore(components, flags, id)
  const changes = flags.changes === null ? {} : (readRawJson(flags.changes) as ValueMap)
  const fields = parseUnsignedManifest({ ...before.fields, ...changes, module_id: id, version, wasm_hash: toHex(sha256(wasm)) }, flags.changes ?? flags.from)
  const origin = originOf(flags, file, fields, before.origin)
  const passphrase = await passphraseFor(components.terminal, flags['passphrase-file'], `Passphrase of "${keystore.label}"`)
  const manifest = await signedManifest(fields, wasm, origin, await openModuleSigner(signer, keystore, passphrase))
  const out = flags.out ?? manifestPathFor(file)
  writeNew(out, formatManifest(manifest), 0o644)
  printResult(components, flags.json, { ok: true, file: out, module_id: id, version, wasm_hash: manifest.wasm_hash, ...origin, signer_node_id: signer }, () =>
    `${out}: ${id}@${version}, bytes ${manifest.wasm_hash}, signed by ${signer}\nnext: npm run aw -- artifact check ${out}, then proposal new --title … --upgrade ${id} --wasm ${file}`)
  return 0
}

interface Before {
  readonly fields: UnsignedManifest
  readonly origin: Origin | null
}

/** Throws `MODULE_NOT_ACTIVE`, `ARTIFACT_MISSING`. */
async function manifestBefore(components: Components, flags: Flags<typeof SIGN_FLAGS>, id: string): Promise<Before> {
  if (flags.from === 'builtin') return split((await builtinModule(id)).manifest)
  if (flags.from !== 'active') {
    const json = readRawJson(flags.from) as { readonly artifact_identity?: Partial<Origin> }
    const { source_hash, build_manifest_hash } = json.artifact_identity ?? {}
    const origin = typeof source_hash === 'string' && typeof build_manifest_hash === 'string' ? { source_hash, build_manifest_hash } : null
    return { fields: parseUnsignedManifest(json, flags.from), origin }
  }
  const record = await withChain(components, flags, (chain) => chain.derive((state) => state.get(moduleKey(id)) as unknown as ModuleRecord | null))
  if (record === null) throw new AppError('MODULE_NOT_ACTIVE', `${id} is not active in this world. Begin with another manifest: --from builtin or --from FILE.`, { module_id: id })
  return split(record.manifest)
}

function split({ artifact_identity: { source_hash, build_manifest_hash }, ...fields }: ModuleManifest): Before {
  return { fields, origin: { source_hash, build_manifest_hash } }
}

/** Throws `SOURCE_UNKNOWN`. */
function originOf(flags: Flags<typeof SIGN_FLAGS>, file: string, { module_id, wasm_hash }: UnsignedManifest, before: Origin | null): Origin {
  const built = builtOrigin(file, module_id, wasm_hash)
  const source_hash = flags.source === null ? built?.source_hash : hashOfSource(flags.source)
  if (source_hash === undefined) throw new FlagError('SOURCE_UNKNOWN', `Say what ${file} was built from: --source PATH, or build it with "aw artifact build".`)
  const build_manifest_hash = flags['recipe-hash'] ?? built?.build_manifest_hash ?? before?.build_manifest_hash
  if (build_manifest_hash === undefined || !HASH.test(build_manifest_hash)) throw new FlagError('FLAG_VALUE', '--recipe-hash needs the SHA-256 of the build recipe, 64 hex digits.')
  return { source_hash, build_manifest_hash }
}

interface Finding {
  readonly check: string
  /** Null where it is no fault, but something is still to be done. */
  readonly passed: boolean | null
  readonly detail: string
}

async function check(components: Components, file: string, args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, CHECK_FLAGS)
  const manifest = readModuleManifest(file)
  const wasm = readBounded(flags.wasm ?? `${file.replace(/\.manifest\.json$/, '')}.wasm`, MAX_WASM_BYTES)
  const key = flags['signer-key']
  if (key !== null && !HASH.test(key)) throw new FlagError('FLAG_VALUE', '--signer-key takes a public key of 64 hex digits, as "aw keys list" prints it.')
  const findings = key === null ? await inWorld(components, flags, manifest, wasm) : alone(manifest, wasm, trustedSignersOf([{ node_id: manifest.artifact_identity.signer_node_id, public_key: fromHex(key) }]))
  const ok = findings.every(({ passed }) => passed !== false)
  printResult(components, flags.json, { ok, module_id: manifest.module_id, version: manifest.version, findings }, () =>
    [`${manifest.module_id}@${manifest.version}`, ...findings.map(({ check: name, passed, detail }) => `  ${passed === null ? 'note' : passed ? 'pass' : 'FAIL'}  ${name}${detail === '' ? '' : `: ${detail}`}`)].join('\n'))
  return ok ? 0 : 1
}

/** What can be said without a world. */
function alone(manifest: ModuleManifest, wasm: Uint8Array, signers: TrustedSigners): Finding[] {
  const hash = toHex(sha256(wasm))
  const runnable = whyNotRunnable(manifest, wasm)
  return [
    { check: 'bytes', passed: hash === manifest.wasm_hash, detail: hash === manifest.wasm_hash ? hash : `the file has ${hash}, the manifest ${manifest.wasm_hash}` },
    { check: 'runnable', passed: runnable === null, detail: runnable ?? '' },
    identityFinding(manifest, signers),
  ]
}

function identityFinding(manifest: ModuleManifest, signers: TrustedSigners): Finding {
  try {
    verifyArtifactIdentity(manifest, signers)
    return { check: 'identity', passed: true, detail: `signed by ${manifest.artifact_identity.signer_node_id}` }
  } catch (error) {
    if (!(error instanceof ArtifactIdentityError)) throw error
    return { check: 'identity', passed: false, detail: `${error.code}: ${error.message}` }
  }
}

function inWorld(components: Components, flags: Flags<typeof CHECK_FLAGS>, manifest: ModuleManifest, wasm: Uint8Array): Promise<Finding[]> {
  const { module_id, version, wasm_hash, limits } = manifest
  return withChain(components, flags, async (chain) => {
    const { signers, latest, isOnRecord, exceeded } = await chain.derive((state) => {
      const { trusted_signers, governance: { limits_max } } = manifestOf(state)
      return {
        signers: new Map(Object.entries(trusted_signers)), latest: state.get(moduleLatestKey(module_id)) as string | null, isOnRecord: state.get(artifactKey(wasm_hash)) !== null,
        exceeded: Object.keys(limits_max).filter((name) => limits[name as keyof typeof limits] > limits_max[name as keyof typeof limits_max]),
      }
    })
    const isThere = isOnRecord || (await chain.moduleWasm(wasm_hash)) !== null
    return [
      ...alone(manifest, wasm, signers),
      { check: 'version', passed: latest === null || compareVersions(version, latest) > 0, detail: latest === null ? 'the first' : `${latest} is the newest registered` },
      { check: 'limits', passed: exceeded.length === 0, detail: exceeded.length === 0 ? '' : `more than this world allows: ${exceeded.join(', ')}` },
      { check: 'on_record', passed: isThere ? true : null, detail: isThere ? '' : 'not yet: put it on record with "aw act deploy", or let "proposal new --agent-key" do so' },
    ]
  })
}

function needed(value: string | null, name: string): string {
  if (value === null) throw new FlagError('FLAG_VALUE', `--${name} needs a value. See "aw artifact --help".`)
  return value
}
