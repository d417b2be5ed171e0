/** `npm run aw -- COMMAND …`: tools for who signs, operates and audits. Each command is a file in `aw/`. */
import { errorInfo } from '../codec/index.ts'
import { FlagError } from './flags.ts'

/** What a file of `aw/` exports: `run` gives the exit status, 0 for done. */
export interface AwCommand {
  run(args: readonly string[]): Promise<number>
}

const COMMANDS: Readonly<Record<string, { readonly summary: string; readonly load: () => Promise<AwCommand> }>> = {
  keys: { summary: 'make, list, export and import signing keys', load: () => import('./aw/keys.ts') },
  sign: { summary: 'show what a signing request says, and sign it', load: () => import('./aw/sign.ts') },
  proposal: { summary: 'propose, review, re-run, sign and follow changes of the rules', load: () => import('./aw/proposal.ts') },
  query: { summary: 'read records of the state with their proofs', load: () => import('./aw/query.ts') },
  artifact: { summary: 'build, sign and check modules', load: () => import('./aw/artifact.ts') },
  act: { summary: 'sign an action of an agent and submit it', load: () => import('./aw/act.ts') },
  frost: { summary: 'make a key together with others, and approve proposals with it', load: () => import('./aw/frost.ts') },
  migrate: { summary: 'sign modules of the earlier system anew', load: () => import('./aw/migrate.ts') },
  audit: { summary: 'export events with their proofs, and verify such a file offline', load: () => import('./aw/audit.ts') },
}

const HELP = `Usage: npm run aw -- COMMAND …

${Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(12)}${summary}`).join('\n')}

npm run aw -- COMMAND --help says more. Before --json, keep npm quiet: npm run -s aw -- … --json. Exit status: 0 done, 1 an error (named), 2 arguments that are not understood; others as the command says.
`

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help') {
    process.stdout.write(HELP)
    return name === undefined ? 2 : 0
  }
  if (!Object.hasOwn(COMMANDS, name)) throw new FlagError('COMMAND_UNKNOWN', `There is no command "${name}". Known: ${Object.keys(COMMANDS).join(', ')}.`)
  return (await COMMANDS[name]!.load()).run(args)
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    const { code, message, detail } = errorInfo(error)
    process.stderr.write(`${code}: ${message}\n`)
    // Whoever reads the result as JSON reads an error as JSON.
    if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify({ ok: false, code, message, detail }, null, 2)}\n`)
    process.exitCode = error instanceof FlagError ? 2 : 1
  },
)
