/** `aw query KEY…`: records of the state, each proven by a node of this process. */
import { toHex } from '../../codec/index.ts'
import { FlagError, flagHelp, parseFlags } from '../flags.ts'
import type { FlagSpec } from '../flags.ts'
import { CHAIN_FLAGS } from './chain.ts'
import { REAL, withChain } from './components.ts'
import type { Components } from './components.ts'
import { jsonText } from './json.ts'

const FLAGS = {
  'from-genesis': { type: 'boolean', default: false, help: 'execute every block from genesis instead of starting from a snapshot' },
  ...CHAIN_FLAGS,
} as const satisfies Record<string, FlagSpec>

const HELP = `Reads records of the state as JSON, all of one height, each with its proof checked against the certified state root.

  npm run aw -- query KEY… [options]

Keys: manifest, governance/open, proposal/<id>, agent/<id>, asteroid/0007, module/m1.rule.move, world/head, checkpoints, …
A record that is not there is null. Byte strings are {"$hex": "<hex>"}.

${flagHelp(FLAGS)}

Exit status: 0 done, 1 an error (named), 2 arguments that are not understood.
`

export async function run(args: readonly string[], components: Components = REAL): Promise<number> {
  if (args.length === 0 || args.includes('--help')) {
    components.terminal.print(HELP)
    return args.length === 0 ? 2 : 0
  }
  const flagsAt = args.findIndex((argument) => argument.startsWith('--'))
  const keys = flagsAt < 0 ? args : args.slice(0, flagsAt)
  if (keys.length === 0) throw new FlagError('FLAG_VALUE', 'query needs a key first, such as manifest.')
  const flags = parseFlags(flagsAt < 0 ? [] : args.slice(flagsAt), FLAGS)
  return withChain(components, flags, async (chain) => {
    const found = await chain.derive((state) => ({ world_id: chain.worldId, height: state.height, state_root: toHex(state.stateRoot), records: Object.fromEntries(keys.map((key) => [key, state.get(key)])) }))
    components.terminal.print(jsonText(found))
    return 0
  }, flags['from-genesis'])
}
