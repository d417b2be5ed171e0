/** `npm run artifacts`: builds, signs and checks the built-in modules. */
import { join } from 'node:path'
import { BuildError, checkSet, enroll, installHook, keyPath, removeHook, setsNamed, syncSet } from '../../artifacts/build/index.ts'
import type { Difference, ModuleSet } from '../../artifacts/build/index.ts'
import { AppError } from '../codec/index.ts'
import { FlagError, flagHelp, parseFlags } from './flags.ts'
import type { FlagSpec } from './flags.ts'

const FLAGS = {
  check: { type: 'boolean', default: false, help: 'build and compare with what is checked in; write nothing' },
  key: { type: 'text', default: null, value: 'FILE', help: 'key to sign with: 32 bytes of seed in hex, mode 0600 (default AGENT_WORLD_ARTIFACT_KEY, else .agent-world/keys/artifact-signer.key)' },
  enroll: { type: 'text', default: null, value: 'NODE_ID', help: 'trust the key as this signer from now on; makes a key where there is none' },
  root: { type: 'text', default: null, value: 'DIR', help: 'another copy of the project' },
} as const satisfies Record<string, FlagSpec>

const HELP = `Builds, signs and checks the built-in modules.

  npm run artifacts -- sync m1|m4|m5|all            build, sign what changed, write what differs
  npm run artifacts -- sync m1|m4|m5|all --check    list everything that is not what the sources give
  npm run artifacts -- --enroll NODE_ID             become a trusted signer
  npm run artifacts -- hook install|remove          check before every commit that touches modules, or no longer

${flagHelp(FLAGS)}

Sources: artifacts/modules/{sdk,m1,m4,m5}. Written: artifacts/modules/<set>/*.wasm, artifacts/<set>_builtin_modules.{sha256,identity.json},
artifacts/trusted_signers.json, src/artifacts/generated/*.ts.
Exit status: 0 done or equal, 1 differences or an error (each named), 2 arguments that are not understood.
`

const print = (line: string): void => void process.stdout.write(`${line}\n`)

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(HELP)
    return 0
  }
  const flagsAt = args.findIndex((argument) => argument.startsWith('--'))
  const words = flagsAt < 0 ? args : args.slice(0, flagsAt)
  const flags = parseFlags(flagsAt < 0 ? [] : args.slice(flagsAt), FLAGS)
  const root = flags.root ?? join(import.meta.dirname, '../..')
  const key = keyPath(root, flags.key, process.env['AGENT_WORLD_ARTIFACT_KEY'])
  const [command, what = '', ...more] = words
  if (more.length > 0) throw usage(`"${more[0]}" is one word too many.`)
  if (command === undefined && flags.enroll === null) throw usage('Say what to do.')
  if (command === 'hook') {
    if (what !== 'install' && what !== 'remove') throw usage('The hook can be installed or removed.')
    print(what === 'install' ? await installHook(root) : await removeHook(root))
    return 0
  }
  if (command !== undefined && command !== 'sync') throw usage(`There is no command "${command}".`)
  const sets = command === 'sync' ? setsNamed(what) : []
  if (flags.check) return checkAll(root, sets)
  if (flags.enroll !== null) {
    const written = await enroll(root, key, flags.enroll)
    print(written.length === 0 ? `${flags.enroll} is trusted already` : `${flags.enroll} is trusted: wrote ${written.join(', ')}`)
  }
  for (const set of sets) {
    const { modules, signed, changed } = await syncSet(root, set, key, print)
    for (const path of changed) print(`  changed ${path}`)
    print(`${set}: ${modules} modules, ${signed.length} signed anew, ${changed.length === 0 ? 'nothing' : changed.length} changed`)
  }
  return 0
}

async function checkAll(root: string, sets: readonly ModuleSet[]): Promise<number> {
  const differing: ModuleSet[] = []
  for (const set of sets) {
    const found: readonly Difference[] = await checkSet(root, set, print)
    for (const { code, message } of found) process.stderr.write(`${code}: ${message}\n`)
    if (found.length > 0) differing.push(set)
    else print(`${set}: what is checked in is what the sources give`)
  }
  if (differing.length === 0) return 0
  process.stderr.write(`\nIf the change is meant, run "${differing.map((set) => `npm run artifacts -- sync ${set}`).join(' && ')}" and commit the result; if not, restore the files named above.\n`)
  return 1
}

const usage = (problem: string): FlagError => new FlagError('USAGE', problem)

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof AppError)) throw error
  process.stderr.write(`${error.code}: ${error.message}\n`)
  if (error instanceof FlagError || (error instanceof BuildError && error.code === 'SET_UNKNOWN')) {
    process.stderr.write(`\n${HELP}`)
    process.exitCode = 2
  } else process.exitCode = 1
}
