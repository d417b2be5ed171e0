/** `aw migrate`: brings what the earlier system left into the form this one accepts. */
import { resolve, sep } from 'node:path'
import { BUILTIN_SIGNERS } from '../../artifacts/index.ts'
import { AppError } from '../../codec/index.ts'
import { FlagError, flagHelp, parseFlags } from '../flags.ts'
import type { FlagSpec } from '../flags.ts'
import { openModuleSigner } from './artifact/sign.ts'
import { printResult, REAL } from './components.ts'
import type { Components } from './components.ts'
import { passphraseFor, readKeyFile } from './key-files.ts'
import { applyMigration, JOURNAL_NAME, planMigration } from './migrate/sign-artifacts.ts'
import type { FileReport, MigrationReport } from './migrate/sign-artifacts.ts'

const FLAGS = {
  apply: { type: 'boolean', default: false, help: 'sign and write; without it nothing is written (dry run)' },
  out: { type: 'text', default: null, value: 'DIR', help: 'where signed manifests and their bytes go; the originals stay as they are' },
  signer: { type: 'text', default: null, value: 'NODE_ID', help: 'name under which worlds trust the key' },
  key: { type: 'text', default: null, value: 'FILE', help: 'keystore to sign with' },
  'passphrase-file': { type: 'text', default: null, value: 'FILE', help: 'first line is the passphrase (default: asked for)' },
  json: { type: 'boolean', default: false, help: 'print the report as JSON' },
} as const satisfies Record<string, FlagSpec>

/** The run is over, and some files need a person. */
const EXIT_SOME_FAILED = 3

const HELP = `Signs modules of the earlier system anew, since what vouched for them proves nothing: unsigned:*, identity_hash_v1, signatures that leave out
id, version, limits and capabilities.

  npm run aw -- migrate sign-artifacts DIR                                               what would be done, file by file
  npm run aw -- migrate sign-artifacts DIR --apply --out DIR --signer NODE_ID --key FILE

DIR is searched for manifests (*.json with module_id and wasm_hash), with the bytes beside each as NAME.wasm, HASH.wasm or blobs/HASH.blob, and for
*.identity.json, which says where bytes come from. An interrupted run goes on where it was when the same command is given again (${JOURNAL_NAME}).

${flagHelp(FLAGS)}

Exit status: 0 every file is signed or would be, 1 an error (named), 2 arguments that are not understood, 3 some files failed (each named), the others are done.
`

export async function run([what, directory, ...args]: readonly string[], components: Components = REAL): Promise<number> {
  if (what === undefined || what === '--help' || directory === '--help' || args.includes('--help')) {
    components.terminal.print(HELP)
    return what === undefined ? 2 : 0
  }
  if (what !== 'sign-artifacts') throw new FlagError('COMMAND_UNKNOWN', `"migrate ${what}" is not understood. Known: sign-artifacts.`)
  if (directory === undefined || directory.startsWith('--')) throw new FlagError('FLAG_VALUE', 'sign-artifacts needs the directory first: aw migrate sign-artifacts DIR.')
  const flags = parseFlags(args, FLAGS)
  const { out, signer, key } = flags
  const keystore = key === null ? null : readKeyFile(key).keystore
  if (!flags.apply) {
    const own = keystore === null || signer === null ? [] : [{ node_id: signer, public_key: keystore.public_key }]
    return finish(components, flags.json, planMigration(directory, [...BUILTIN_SIGNERS, ...own]))
  }
  if (out === null || signer === null || keystore === null) throw new FlagError('FLAG_VALUE', '--apply needs --out DIR, --signer NODE_ID and --key FILE.')
  if (`${resolve(out)}${sep}`.startsWith(`${resolve(directory)}${sep}`)) {
    throw new AppError('OUT_INSIDE', `${out} lies in ${directory}: the next run would take what this one wrote for an original. Choose a directory outside of it.`, { out })
  }
  const passphrase = await passphraseFor(components.terminal, flags['passphrase-file'], `Passphrase of "${keystore.label}"`)
  return finish(components, flags.json, await applyMigration(directory, out, await openModuleSigner(signer, keystore, passphrase)))
}

function finish(components: Components, json: boolean, report: MigrationReport): number {
  printResult(components, json, { ok: report.counts.fail === 0, ...report }, () => reportText(report))
  return report.counts.fail === 0 ? 0 : EXIT_SOME_FAILED
}

const WAS: Readonly<Record<FileReport['was'], string>> = {
  missing: 'no identity', unsigned: 'unsigned', keyless: 'a hash without a key', old_ed25519: 'a signature that does not hold here', unknown_scheme: 'an unknown scheme', signed: 'signed',
}

function reportText({ applied, counts, files }: MigrationReport): string {
  const lines = files.map(({ file, module_id, version, was, action, out, code, detail }) =>
    `${action.padEnd(5)} ${file}  ${module_id}@${version}  (was: ${WAS[was]})${out === null || !applied ? '' : ` → ${out}`}${code === null ? '' : `\n      ${code}: ${detail}`}`)
  if (files.length === 0) return 'No manifests here: no *.json with module_id and wasm_hash. Name the directory that holds them.'
  const sum = `${counts.sign} ${applied ? 'signed' : 'to sign'}, ${counts.keep} kept, ${counts.done} done before, ${counts.fail} failed`
  return [...lines, '', applied ? sum : `${sum}; nothing was written. Add --apply --out DIR --signer NODE_ID --key FILE to do it.`].join('\n')
}
