/** `aw act`: any action of an agent, signer or validator, with shortcuts for those that governance needs. */
import { AppError } from '../../codec/index.ts'
import type { Value, ValueMap } from '../../codec/index.ts'
import { GOVERNANCE_KINDS } from '../../vault/index.ts'
import { FlagError, flagHelp, parseFlags } from '../flags.ts'
import type { FlagSpec } from '../flags.ts'
import { CHAIN_FLAGS } from './chain.ts'
import { printOutcome, REAL, signingComponents, withChain } from './components.ts'
import type { Components } from './components.ts'
import { readJson } from './json.ts'
import { readBounded } from './key-files.ts'
import { assertSomeoneSigns, SIGNING_FLAGS, signOrRequest } from './signing.ts'

const FLAGS = {
  name: { type: 'text', default: null, value: 'NAME', help: 'register: what the agent is called' },
  ...SIGNING_FLAGS, ...CHAIN_FLAGS,
  json: { type: 'boolean', default: false, help: 'print the result as JSON; everything else goes to standard error' },
} as const satisfies Record<string, FlagSpec>

const HELP = `Signs an action, submits it through a node of this process, and waits for its receipt.

  npm run aw -- act register --name NAME --key FILE      a new agent, whose id follows from the key
  npm run aw -- act deploy FILE.wasm --key FILE          put the bytes of a module on record
  npm run aw -- act ACTION.json --key FILE               anything else: {"kind": "move_agent", "to": "asteroid/0007"}

Bytes in JSON are written {"$hex": "<hex>"}. Proposals and votes have commands of their own: "aw proposal".

${flagHelp(FLAGS)}

Exit status: 0 applied, 1 an error or a refusal (named), 2 arguments that are not understood.
`

/** Room for the envelope around it. */
const MAX_WASM_BYTES = 60 << 10

export async function run([what, ...args]: readonly string[], components: Components = REAL): Promise<number> {
  if (what === undefined || what === '--help' || args.includes('--help')) {
    components.terminal.print(HELP)
    return what === undefined ? 2 : 0
  }
  const isDeploy = what === 'deploy'
  const [file, ...rest] = isDeploy ? args : [what, ...args]
  const flags = parseFlags(rest, FLAGS)
  assertSomeoneSigns(flags)
  const action = isDeploy ? deployment(file) : what === 'register' ? registration(flags.name) : actionFrom(what)
  return withChain(components, flags, async (chain) => {
    const outcome = await signOrRequest(chain, signingComponents(components, flags.json), flags, (_, frame) => ({ kind: 'world_action', ...frame, action }))
    return printOutcome(components, flags.json, outcome)
  })
}

type Action = ValueMap & { readonly kind: string }

/** The vault puts the key that signs into it. */
function registration(name: string | null): Action {
  if (name === null) throw new FlagError('FLAG_VALUE', '--name needs a value: what the agent is called.')
  return { kind: 'register_agent', name }
}

function deployment(file: string | undefined): Action {
  if (file === undefined || file.startsWith('--')) throw new FlagError('FLAG_VALUE', 'deploy needs the module first: aw act deploy FILE.wasm --key FILE.')
  return { kind: 'deploy_module_artifact', wasm: readBounded(file, MAX_WASM_BYTES) }
}

/** Throws `ACTION_INVALID`. */
function actionFrom(file: string): Action {
  if (file.startsWith('--')) throw new FlagError('FLAG_VALUE', 'Say what to do: register, deploy FILE.wasm, or the file of an action.')
  const value: Value = readJson(file)
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? (value as ValueMap)['kind'] : undefined
  if (typeof kind !== 'string') throw new AppError('ACTION_INVALID', `${file} is no action: it needs a "kind", such as {"kind": "harvest_radiation", "blocks": 10}.`, { file })
  if (GOVERNANCE_KINDS.has(kind)) throw new AppError('ACTION_INVALID', `"${kind}" has a command of its own, which checks what it says: see "aw proposal --help".`, { kind })
  return value as Action
}
