/** `aw proposal`: everything a signer does, through a node of this process that verifies the chain by itself. */
import { AppError, governanceCertificateSchema } from '../../codec/index.ts'
import type { GovernanceFinalityCertificate, Value } from '../../codec/index.ts'
import { MAX_REQUEST_BYTES, MAX_RESPONSE_BYTES } from '../../vault/index.ts'
import { artifactKey, manifestContent } from '../../world/index.ts'
import { FlagError, flagHelp, parseFlags } from '../flags.ts'
import type { FlagSpec, Flags } from '../flags.ts'
import { CHAIN_FLAGS } from './chain.ts'
import type { Chain } from './chain.ts'
import { printOutcome, printResult, REAL, signingComponents, withChain } from './components.ts'
import type { Components } from './components.ts'
import { jsonText, readJson } from './json.ts'
import { readBounded, writeNew } from './key-files.ts'
import { CONTENT_FLAGS, contentFrom, readContentFiles } from './proposal/content.ts'
import { applyIntent, approveIntent, manifestOf, proposalAt, proposeIntent, rejectIntent, vetoIntent } from './proposal/intents.ts'
import { compareRerun, rerunText } from './proposal/rerun.ts'
import { closedProposals, fullId, historyOf, nextStep, openProposals, progress, proposalJson, proposalText, viewOf } from './proposal/view.ts'
import { assertApplied, assertSomeoneSigns, outcomeText, signOrRequest, SIGNING_FLAGS, submitResponse } from './signing.ts'
import type { Outcome } from './signing.ts'

const JSON_FLAG = { json: { type: 'boolean', default: false, help: 'print the result as JSON; everything else goes to standard error' } } as const satisfies Record<string, FlagSpec>
const GENESIS_FLAG = { 'from-genesis': { type: 'boolean', default: false, help: 'execute every block from genesis instead of starting from a snapshot' } } as const satisfies Record<string, FlagSpec>

const NEW_FLAGS = {
  ...CONTENT_FLAGS,
  'agent-key': { type: 'text', default: null, value: 'FILE', help: 'keystore of an agent that puts --wasm on record and pays for it' },
  'agent-passphrase-file': { type: 'text', default: null, value: 'FILE', help: 'its passphrase (default: asked for)' },
  ...SIGNING_FLAGS, ...CHAIN_FLAGS, ...JSON_FLAG,
} as const satisfies Record<string, FlagSpec>
const LIST_FLAGS = { all: { type: 'boolean', default: false, help: 'those that are over as well' }, ...CHAIN_FLAGS, ...JSON_FLAG } as const satisfies Record<string, FlagSpec>
const SHOW_FLAGS = { ...GENESIS_FLAG, ...CHAIN_FLAGS, ...JSON_FLAG } as const satisfies Record<string, FlagSpec>
const RERUN_FLAGS = { ...CHAIN_FLAGS, ...JSON_FLAG } as const satisfies Record<string, FlagSpec>
const WATCH_FLAGS = {
  until: { type: 'text', default: 'closed', choices: ['shadowed', 'approved', 'applied', 'closed'], help: 'end when it is so far' }, ...CHAIN_FLAGS, ...JSON_FLAG,
} as const satisfies Record<string, FlagSpec>
const VOTE_FLAGS = { ...SIGNING_FLAGS, ...CHAIN_FLAGS, ...JSON_FLAG } as const satisfies Record<string, FlagSpec>
const APPROVE_FLAGS = { rerun: { type: 'boolean', default: false, help: 're-run the trial run first, and sign only if the report is the same' }, ...VOTE_FLAGS } as const satisfies Record<string, FlagSpec>
const REJECT_FLAGS = { reason: { type: 'text', default: null, value: 'TEXT', help: 'why, for everybody to read' }, ...VOTE_FLAGS } as const satisfies Record<string, FlagSpec>
const APPLY_FLAGS = { certificate: { type: 'text', default: null, value: 'FILE', help: 'JSON of a certificate put together elsewhere (default: the one on record)' }, ...VOTE_FLAGS } as const satisfies Record<string, FlagSpec>
const SUBMIT_FLAGS = { 'request-file': { type: 'text', default: null, value: 'FILE', help: 'the request it answers (default: beside it, .awsign)' }, ...CHAIN_FLAGS, ...JSON_FLAG } as const satisfies Record<string, FlagSpec>
const MANIFEST_FLAGS = { out: { type: 'text', default: null, value: 'FILE', help: 'where to write (default: standard output)' }, ...CHAIN_FLAGS } as const satisfies Record<string, FlagSpec>

const HELP = `Changes of a world's rules, from proposal to effect. Every command starts a node in this process: it takes addresses and genesis from
--node, verifies every certificate, executes the blocks, and asks itself. ID is a proposal's id or the beginning of one.

  npm run aw -- proposal new --title TEXT (--upgrade MODULE --wasm FILE | --patch FILE | --manifest FILE | --rollback HEIGHT | …) [options]
  npm run aw -- proposal list | show ID | watch ID          what is asked for, what it does, how far it is
  npm run aw -- proposal rerun ID                           the trial run again, here; compares the report with the one on record
  npm run aw -- proposal approve ID | reject ID --reason TEXT | veto ID | apply ID
  npm run aw -- proposal submit RESPONSE.awsig              submit what another machine signed
  npm run aw -- proposal manifest                           the part of the manifest that proposals may set, to edit for --manifest

To sign on a machine without a network: give --request OUT.awsign --as signer/NAME, carry the file over, "aw sign" it there, carry the .awsig back, submit.

new:
${flagHelp(NEW_FLAGS)}

list:
${flagHelp(LIST_FLAGS)}

show:
${flagHelp(SHOW_FLAGS)}

watch:
${flagHelp(WATCH_FLAGS)}

rerun:
${flagHelp(RERUN_FLAGS)}

approve:
${flagHelp(APPROVE_FLAGS)}

reject:
${flagHelp(REJECT_FLAGS)}

veto:
${flagHelp(VOTE_FLAGS)}

apply:
${flagHelp(APPLY_FLAGS)}

submit:
${flagHelp(SUBMIT_FLAGS)}

manifest:
${flagHelp(MANIFEST_FLAGS)}

Exit status: 0 done and applied, 1 an error or a refusal (named), or a report that differs, 2 arguments that are not understood.
`

type Subcommand = (components: Components, args: readonly string[]) => Promise<number>

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = { new: create, list, show, watch, rerun, approve, reject, veto, apply, submit, manifest }

export async function run([command, ...args]: readonly string[], components: Components = REAL): Promise<number> {
  if (command === undefined || command === '--help' || args.includes('--help')) {
    components.terminal.print(HELP)
    return command === undefined ? 2 : 0
  }
  if (!Object.hasOwn(SUBCOMMANDS, command)) throw new FlagError('COMMAND_UNKNOWN', `"proposal ${command}" is not understood. Known: ${Object.keys(SUBCOMMANDS).join(', ')}.`)
  return SUBCOMMANDS[command]!(components, args)
}

async function create(components: Components, args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, NEW_FLAGS)
  const files = readContentFiles(flags)
  assertSomeoneSigns(flags)
  return withChain(components, flags, async (chain) => {
    if (files.wasm !== null && files.module !== null) await putOnRecord(chain, components, flags, files.wasm, files.module.wasm_hash)
    const outcome = await signOrRequest(chain, signingComponents(components, flags.json), flags, (state, frame) => proposeIntent(state, frame, contentFrom(state, frame.actor, flags, files)))
    const proposal_id = outcome.type === 'submitted' ? proposalIdIn(outcome) : null
    const next = proposal_id === null ? '' : `\nproposal ${proposal_id}\nnext: npm run aw -- proposal watch ${proposal_id.slice(0, 12)} --until shadowed`
    return printOutcome(components, flags.json, outcome, { proposal_id }, next)
  })
}

/** Bytes must be in the state before a proposal can name them. Throws `ARTIFACT_MISSING`. */
async function putOnRecord(chain: Chain, components: Components, flags: Flags<typeof NEW_FLAGS>, wasm: Uint8Array, wasmHash: string): Promise<void> {
  const isThere = (await chain.moduleWasm(wasmHash)) !== null || (await chain.derive((state) => state.get(artifactKey(wasmHash)))) !== null
  if (isThere) return
  if (flags['agent-key'] === null) {
    throw new AppError('ARTIFACT_MISSING', `The world has no artifact ${wasmHash}. Give the key of an agent with --agent-key FILE to put it on record, or do so with "npm run aw -- act deploy FILE --key FILE".`, { wasm_hash: wasmHash })
  }
  const signing = { ...flags, key: flags['agent-key'], 'passphrase-file': flags['agent-passphrase-file'], request: null, as: null }
  const outcome = await signOrRequest(chain, signingComponents(components, flags.json), signing, (_, frame) => ({ kind: 'world_action', ...frame, action: { kind: 'deploy_module_artifact', wasm } }))
  components.note(outcomeText(outcome))
  assertApplied(outcome)
}

function proposalIdIn({ at: { events } }: Extract<Outcome, { readonly type: 'submitted' }>): string | null {
  const named = events.find(({ kind }) => kind.startsWith('governance.'))?.payload as { readonly proposal_id?: string } | undefined
  return named?.proposal_id ?? null
}

async function list(components: Components, args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, LIST_FLAGS)
  return withChain(components, flags, async (chain) => {
    const proposals = await chain.derive((state) => [...openProposals(state), ...(flags.all ? closedProposals(state).toReversed() : [])].map((id) => {
      const { record } = proposalAt(state, id)
      const { title, author, proposed_height, expires_height, approvals } = record
      return { proposal_id: id, state: record.state, title, author, proposed_height, expires_height, shadow: record.shadow?.status ?? null, approvals: approvals.map(({ signer_id }) => signer_id) }
    }))
    printResult(components, flags.json, proposals, () => (proposals.length === 0
      ? `No ${flags.all ? '' : 'open '}proposals. Make one with "proposal new --title …".`
      : proposals.map(({ proposal_id, state, title, author, approvals, shadow }) => `${proposal_id}  ${state.padEnd(9)} ${author}  signed by ${approvals.length}${shadow === 'failed' ? '  trial run failed' : ''}\n  | ${title}`).join('\n')))
    return 0
  })
}

async function show(components: Components, [id, ...args]: readonly string[]): Promise<number> {
  const wanted = required(id, 'show')
  const flags = parseFlags(args, SHOW_FLAGS)
  return withChain(components, flags, async (chain) => {
    const view = await viewOf(chain, wanted)
    const { events, missing } = await historyOf(chain, view)
    const next = nextStep(view)
    printResult(components, flags.json, proposalJson(view, events), () => `${proposalText(view, events, missing)}${next === null ? '' : `\n\nnext: ${next}`}`)
    return 0
  }, flags['from-genesis'])
}

/** How far a proposal is, in the order of its life. */
const REACHED: Readonly<Record<string, readonly string[]>> = {
  shadowed: ['shadowed', 'approved', 'queued', 'applied'], approved: ['approved', 'queued', 'applied'], applied: ['applied'], closed: ['applied', 'rejected', 'expired'],
}

async function watch(components: Components, [id, ...args]: readonly string[]): Promise<number> {
  const wanted = required(id, 'watch')
  const flags = parseFlags(args, WATCH_FLAGS)
  return withChain(components, flags, async (chain) => {
    let shown = ''
    const final = await chain.until(`proposal ${id} ${flags.until}`, async () => {
      const view = await viewOf(chain, wanted)
      const { record } = view
      const now = progress(view, view.manifest.governance.threshold).join('\n')
      if (now !== shown) components.note(`\nheight ${view.height}: ${record.state}\n${now}`)
      shown = now
      const isAnchored = flags.until !== 'shadowed' || record.shadow?.block_hash != null
      return (isAnchored && REACHED[flags.until]!.includes(record.state)) || record.closed_height !== null ? view : null
    })
    printResult(components, flags.json, proposalJson(final, null), () => {
      const next = nextStep(final)
      return `${final.record.state} (height ${final.height})\n${progress(final, final.manifest.governance.threshold).join('\n')}${next === null ? '' : `\n\nnext: ${next}`}`
    })
    if (REACHED[flags.until]!.includes(final.record.state) && (final.record.state === 'applied' || flags.until !== 'closed')) return 0
    components.note(`PROPOSAL_CLOSED: The proposal is ${final.record.state}. "proposal show ${final.id}" says how it went.`)
    return 1
  })
}

async function rerun(components: Components, [id, ...args]: readonly string[]): Promise<number> {
  const wanted = required(id, 'rerun')
  const flags = parseFlags(args, RERUN_FLAGS)
  const comparison = await compareRerun(components, flags, wanted)
  printResult(components, flags.json, { ok: comparison.equal, ...comparison }, () => rerunText(comparison))
  if (comparison.equal) return 0
  components.note('SHADOW_DIFFERS: The report on record is not what its blocks give. Do not sign; tell the other signers.')
  return 1
}

async function approve(components: Components, [id, ...args]: readonly string[]): Promise<number> {
  const wanted = required(id, 'approve')
  const flags = parseFlags(args, APPROVE_FLAGS)
  assertSomeoneSigns(flags)
  if (flags.rerun) {
    const comparison = await compareRerun(components, flags, wanted)
    components.note(rerunText(comparison))
    if (!comparison.equal) throw new AppError('SHADOW_DIFFERS', 'Nothing was signed: the report on record is not what its blocks give.', { stated: comparison.stated, found: comparison.report_hash })
  }
  return vote(components, flags, (chain) => signOrRequest(chain, signingComponents(components, flags.json), flags, (state, frame) => approveIntent(state, frame, fullId(state, wanted))))
}

async function reject(components: Components, [id, ...args]: readonly string[]): Promise<number> {
  const wanted = required(id, 'reject')
  const flags = parseFlags(args, REJECT_FLAGS)
  assertSomeoneSigns(flags)
  const { reason } = flags
  if (reason === null) throw new FlagError('FLAG_VALUE', '--reason needs a value: why, for everybody to read.')
  return vote(components, flags, (chain) => signOrRequest(chain, signingComponents(components, flags.json), flags, (state, frame) => rejectIntent(state, frame, fullId(state, wanted), reason)))
}

async function veto(components: Components, [id, ...args]: readonly string[]): Promise<number> {
  const wanted = required(id, 'veto')
  const flags = parseFlags(args, VOTE_FLAGS)
  assertSomeoneSigns(flags)
  return vote(components, flags, (chain) => signOrRequest(chain, signingComponents(components, flags.json), flags, (state, frame) => vetoIntent(state, frame, fullId(state, wanted))))
}

async function apply(components: Components, [id, ...args]: readonly string[]): Promise<number> {
  const wanted = required(id, 'apply')
  const flags = parseFlags(args, APPLY_FLAGS)
  assertSomeoneSigns(flags)
  const certificate = flags.certificate === null ? null : readCertificate(flags.certificate)
  return vote(components, flags, (chain) => signOrRequest(chain, signingComponents(components, flags.json), flags, (state, frame) => applyIntent(state, frame, fullId(state, wanted), certificate)))
}

function readCertificate(file: string): GovernanceFinalityCertificate {
  const value: Value = readJson(file)
  try {
    return governanceCertificateSchema.parse(value, '')
  } catch (cause) {
    throw new AppError('CERTIFICATE_INVALID', `${file} is no certificate: ${cause instanceof Error ? cause.message : String(cause)} "proposal show ID --json" prints the one on record.`, { file }, { cause })
  }
}

async function submit(components: Components, [file, ...args]: readonly string[]): Promise<number> {
  if (file === undefined || file.startsWith('--')) throw new FlagError('FLAG_VALUE', 'submit needs the response first: aw proposal submit RESPONSE.awsig.')
  const flags = parseFlags(args, SUBMIT_FLAGS)
  if (!file.endsWith('.awsig') && flags['request-file'] === null) throw new FlagError('FLAG_VALUE', `${file} is no .awsig. Give the response that "aw sign" wrote; under another name, with --request-file FILE.`)
  const request = readBounded(flags['request-file'] ?? `${file.replace(/\.awsig$/, '')}.awsign`, MAX_REQUEST_BYTES)
  const response = readBounded(file, MAX_RESPONSE_BYTES)
  return vote(components, flags, (chain) => submitResponse(chain, request, response))
}

async function vote(components: Components, flags: Flags<typeof CHAIN_FLAGS> & { readonly json: boolean }, act: (chain: Chain) => Promise<Outcome>): Promise<number> {
  return withChain(components, flags, async (chain) => {
    const outcome = await act(chain)
    const id = outcome.type === 'submitted' ? proposalIdIn(outcome) : null
    return printOutcome(components, flags.json, outcome, {}, id === null ? '' : `\nnext: npm run aw -- proposal watch ${id.slice(0, 12)}`)
  })
}

async function manifest(components: Components, args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, MANIFEST_FLAGS)
  return withChain(components, flags, async (chain) => {
    const text = jsonText(await chain.derive((state) => manifestContent(manifestOf(state))))
    if (flags.out === null) components.terminal.print(text)
    else writeNew(flags.out, `${text}\n`, 0o644)
    return 0
  })
}

function required(id: string | undefined, command: string): string {
  if (id === undefined || id.startsWith('--')) throw new FlagError('FLAG_VALUE', `${command} needs the proposal first: aw proposal ${command} ID. "proposal list" shows them.`)
  return id
}
