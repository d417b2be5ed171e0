/** `aw frost`: a key that signers make and use together, over files. */
import { existsSync } from 'node:fs'
import { AppError, equalBytes, fromHex, toHex, WORLD_ID } from '../../codec/index.ts'
import { checkIntent, decodeRequest, MAX_REQUEST_BYTES, openKeystore, platformCrypto, signNative, summarize } from '../../vault/index.ts'
import type { Keystore } from '../../vault/index.ts'
import { frost } from '../../crypto/index.ts'
import { openNonceFiles } from '../../storage/node.ts'
import { FlagError, flagHelp, parseFlags } from '../flags.ts'
import type { FlagSpec, Flags } from '../flags.ts'
import { createCeremony, decodeCeremony, decodeGroup, encodeGroup } from './frost/ceremony.ts'
import type { Group, Members } from './frost/ceremony.ts'
import type { Speaker } from './frost/mail.ts'
import { confirm, deal, finish, start } from './frost/make-key.ts'
import type { Making, Progress } from './frost/make-key.ts'
import { destroyProgress, readProgress, readShare, sealedNonces, writeProgress, writeShare } from './frost/secret-files.ts'
import type { OwnShare, Owner } from './frost/secret-files.ts'
import { aggregate, approvalFor, commit, sign, signingMailbox } from './frost/sign-together.ts'
import type { Approval } from './frost/sign-together.ts'
import { jsonText } from './json.ts'
import { passphraseFor, readBounded, readKeyFile, writeNew } from './key-files.ts'
import { assertChecks, assertConsent, CONSENT_FLAGS, renderReview } from './review.ts'
import { terminal as realTerminal } from './terminal.ts'
import type { Terminal } from './terminal.ts'

const MAX_FILE_BYTES = 64 << 10

const KEY_FLAGS = {
  key: { type: 'text', default: null, value: 'FILE', help: 'keystore of this participant; its key signs every message' },
  'passphrase-file': { type: 'text', default: null, value: 'FILE', help: 'first line is its passphrase, under which secrets here are kept as well (default: asked for)' },
} as const satisfies Record<string, FlagSpec>
const MAIL_FLAG = { mail: { type: 'text', default: null, value: 'DIR', help: 'directory of the messages of everyone; may be shared, copied, sent around' } } as const satisfies Record<string, FlagSpec>
const SETUP_FLAGS = {
  world: { type: 'text', default: null, value: 'WORLD_ID', help: 'the world whose proposals the key will approve' },
  threshold: { type: 'integer', default: null, min: frost.MIN_THRESHOLD, max: frost.MAX_PARTICIPANTS, help: 'how many of them it takes to sign' },
  participants: { type: 'text', default: null, value: 'ID=KEY,…', help: 'names, each with its public key as "aw keys list" shows it' },
  out: { type: 'text', default: null, value: 'FILE', help: 'where to write the ceremony' },
} as const satisfies Record<string, FlagSpec>
const STEP_FLAGS = {
  ...KEY_FLAGS, ...MAIL_FLAG,
  progress: { type: 'text', default: null, value: 'FILE', help: 'where this participant keeps its secret between steps' },
} as const satisfies Record<string, FlagSpec>
const CONFIRM_FLAGS = {
  ...STEP_FLAGS,
  out: { type: 'text', default: null, value: 'FILE', help: 'where to write the share; what all may know goes beside it, .group' },
} as const satisfies Record<string, FlagSpec>
const TRY_FLAGS = { attempt: { type: 'integer', default: 1, min: 1, max: 1_000_000, help: 'number of the try, another after one that failed' } } as const satisfies Record<string, FlagSpec>
const SIGNERS_FLAG = { signers: { type: 'text', default: null, value: 'ID,…', help: 'who signs, the same for everyone (default: all who committed)' } } as const satisfies Record<string, FlagSpec>
const SHARE_FLAG = { share: { type: 'text', default: null, value: 'FILE', help: 'share of this participant' } } as const satisfies Record<string, FlagSpec>
const COMMIT_FLAGS = { ...SHARE_FLAG, ...KEY_FLAGS, ...MAIL_FLAG, ...TRY_FLAGS } as const satisfies Record<string, FlagSpec>
const SIGN_FLAGS = { ...COMMIT_FLAGS, ...SIGNERS_FLAG, ...CONSENT_FLAGS } as const satisfies Record<string, FlagSpec>
const AGGREGATE_FLAGS = {
  group: { type: 'text', default: null, value: 'FILE', help: 'what all may know of the group (.group)' }, ...MAIL_FLAG, ...TRY_FLAGS, ...SIGNERS_FLAG,
  out: { type: 'text', default: null, value: 'FILE', help: 'where to write the certificate' },
} as const satisfies Record<string, FlagSpec>

const HELP = `A key that no single signer ever has (FROST, RFC 9591): so many participants make one signature that verifies like any other.
Every message is a file in --mail, signed by its sender; what is secret is encrypted to whom it is for.

Making a key; everyone compares the ceremony's id first, and each step waits for the files of all others:

  npm run aw -- frost dkg setup --world ID --threshold N --participants ID=KEY,… --out CEREMONY
  npm run aw -- frost dkg start CEREMONY | deal CEREMONY | finish CEREMONY | confirm CEREMONY --out SHARE   [options]

Approving a proposal; REQUEST is what "proposal approve ID --request REQUEST" writes:

  npm run aw -- frost commit REQUEST [options]
  npm run aw -- frost sign REQUEST [options]
  npm run aw -- frost aggregate REQUEST --group SHARE.group --out CERTIFICATE, then "proposal apply ID --certificate CERTIFICATE"

dkg setup:
${flagHelp(SETUP_FLAGS)}

dkg start, deal, finish:
${flagHelp(STEP_FLAGS)}

dkg confirm:
${flagHelp(CONFIRM_FLAGS)}

commit:
${flagHelp(COMMIT_FLAGS)}

sign:
${flagHelp(SIGN_FLAGS)}

aggregate:
${flagHelp(AGGREGATE_FLAGS)}

Never back up or copy the directory SHARE.nonces: nonces used twice give the share away. Exit status: 0 done, 1 an error (named, with the
participant at fault where there is one), 2 arguments that are not understood.
`

type Command = (args: readonly string[], terminal: Terminal) => Promise<void>

const COMMANDS: Readonly<Record<string, Command>> = { commit: commitNonces, sign: signApproval, aggregate: makeCertificate }
const STEPS: Readonly<Record<string, Command>> = { setup, start: startMaking, deal: (args, terminal) => step(args, terminal, deal), finish: (args, terminal) => step(args, terminal, finish), confirm: confirmKey }

export async function run([command, ...args]: readonly string[], terminal: Terminal = realTerminal): Promise<number> {
  if (command === undefined || command === '--help' || args.includes('--help')) {
    terminal.print(HELP)
    return command === undefined ? 2 : 0
  }
  const [name, rest] = command === 'dkg' ? [args[0] ?? '', args.slice(1)] : [command, args]
  const known = command === 'dkg' ? STEPS : COMMANDS
  if (!Object.hasOwn(known, name)) throw new FlagError('COMMAND_UNKNOWN', `"frost ${[command, ...args].slice(0, 2).join(' ')}" is not understood. Known: dkg ${Object.keys(STEPS).join('|')}, ${Object.keys(COMMANDS).join(', ')}.`)
  await known[name]!(rest, terminal)
  return 0
}

async function setup(args: readonly string[], terminal: Terminal): Promise<void> {
  const flags = parseFlags(args, SETUP_FLAGS)
  if (flags.threshold === null) throw new FlagError('FLAG_VALUE', '--threshold needs a value: how many of the participants it takes to sign.')
  const [world_id, out] = [needed(flags.world, 'world'), needed(flags.out, 'out')]
  assertWorldId(world_id)
  const { ceremony, file } = createCeremony({ world_id, attempt: platformCrypto().randomBytes(32), threshold: flags.threshold, members: membersFrom(needed(flags.participants, 'participants')) })
  writeNew(out, file, 0o644)
  terminal.print(`Written: ${out}\nceremony ${ceremony.id}\n${ceremony.threshold} of ${ceremony.members.map(({ id }) => id).join(', ')}\nGive it to everyone; compare the id. Next, each of them: frost dkg start ${out}`)
}

function assertWorldId(text: string): void {
  try {
    WORLD_ID.parse(text, '')
  } catch {
    throw new FlagError('FLAG_VALUE', '--world takes the id of a world, NAME.HASH, as commands that ask a node print it.')
  }
}

function membersFrom(text: string): Members {
  return text.split(',').map((entry) => {
    const [id, key] = entry.split('=')
    if (id === undefined || key === undefined || !/^[0-9a-f]{64}$/.test(key)) throw new FlagError('FLAG_VALUE', `--participants takes NAME=KEY,… with keys of 64 hex digits; "${entry}" is not that.`)
    return { id, public_key: fromHex(key) }
  }).sort((a, b) => (a.id < b.id ? -1 : 1))
}

type StepFlags = Flags<typeof STEP_FLAGS>

/** Whom this process is in a ceremony, and where it keeps what. */
async function making(file: string | undefined, flags: StepFlags, terminal: Terminal): Promise<{ readonly making: Making; readonly owner: Owner; readonly path: string }> {
  const ceremony = decodeCeremony(new Uint8Array(readBounded(named(file, 'a ceremony'), MAX_FILE_BYTES)))
  const { speaker, passphrase, params } = await unlock(flags, ceremony.members, terminal)
  const path = needed(flags.progress, 'progress')
  const owner = { ceremony_id: ceremony.id, participant: speaker.id, passphrase, params }
  const mailbox = { directory: needed(flags.mail, 'mail'), world_id: ceremony.world_id, session: ceremony.id, members: ceremony.members }
  terminal.print(`ceremony ${ceremony.id}, as ${speaker.id}`)
  return { making: { ceremony, mailbox, speaker, save: (progress) => writeProgress(path, owner, progress, false) }, owner, path }
}

async function startMaking([file, ...args]: readonly string[], terminal: Terminal): Promise<void> {
  const { making: own, owner, path } = await making(file, parseFlags(args, STEP_FLAGS), terminal)
  // Begun before and interrupted: the same secret, and so the same message.
  if (existsSync(path)) await start(own, await readProgress(path, owner))
  else await start({ ...own, save: (progress) => writeProgress(path, owner, progress, true) }, { seed: platformCrypto().randomBytes(32), commitments: null, shares: null })
  terminal.print('Told everyone. Next, with the messages of all others: frost dkg deal')
}

async function step([file, ...args]: readonly string[], terminal: Terminal, take: (making: Making, progress: Progress) => Promise<void>): Promise<void> {
  const { making: own, owner, path } = await making(file, parseFlags(args, STEP_FLAGS), terminal)
  await take(own, await readProgress(path, owner))
  terminal.print(`Done. Next, with the messages of all others: frost dkg ${take === deal ? 'finish' : 'confirm'}`)
}

async function confirmKey([file, ...args]: readonly string[], terminal: Terminal): Promise<void> {
  const flags = parseFlags(args, CONFIRM_FLAGS)
  const out = needed(flags.out, 'out')
  const { making: own, owner, path } = await making(file, flags, terminal)
  const { ceremony: { id: ceremony_id, world_id, members } } = own
  const keyShare = await confirm(own, await readProgress(path, owner))
  const group: Group = { world_id, ceremony_id, members, group: keyShare.group }
  await writeShare(out, { ...group, keyShare }, owner.passphrase, owner.params)
  writeNew(`${out}.group`, encodeGroup(group), 0o644)
  destroyProgress(path)
  terminal.print(`Written and opened again: ${out}\ngroup key ${toHex(keyShare.group.publicKey)}\nCompare it with the others. To use it: npm run aw -- proposal new --title … --patch FILE, with this in FILE:\n[{"op":"set","path":["governance","group_key"],"value":{"$hex":"${toHex(keyShare.group.publicKey)}"}}]`)
}

interface Unlocked {
  readonly speaker: Speaker
  readonly passphrase: string
  /** What the keystore asks of who guesses; what else lies under the passphrase asks the same. */
  readonly params: Keystore['params']
}

/** The participant whose key is in the keystore. Throws `NOT_A_PARTICIPANT` and what the keystore throws. */
async function unlock(flags: Flags<typeof KEY_FLAGS>, members: Members, terminal: Terminal): Promise<Unlocked> {
  const { keystore } = readKeyFile(needed(flags.key, 'key'))
  const member = members.find(({ public_key }) => equalBytes(public_key, keystore.public_key))
  if (member === undefined) throw new AppError('NOT_A_PARTICIPANT', `The key "${keystore.label}" belongs to nobody of ${members.map(({ id }) => id).join(', ')}. Give the keystore of a participant with --key FILE.`)
  const passphrase = await passphraseFor(terminal, flags['passphrase-file'], `Passphrase of "${keystore.label}"`)
  const { subtle } = platformCrypto()
  const { secret } = await openKeystore(subtle, keystore, passphrase)
  return { speaker: { id: member.id, sign: (payload) => signNative(subtle, secret, payload) }, passphrase, params: keystore.params }
}

/** An approval as it was asked for, and its checks; the person has seen both. */
async function reviewed(file: string | undefined, group: Group, terminal: Terminal): Promise<{ readonly approval: Approval; readonly summary: ReturnType<typeof summarize> }> {
  const request = decodeRequest(new Uint8Array(readBounded(named(file, 'a request'), MAX_REQUEST_BYTES)))
  const approval = approvalFor(group, request.intent)
  const summary = summarize(approval)
  const checks = await checkIntent(approval, request.public_key)
  terminal.print(renderReview(summary, checks, null, request.request_id))
  assertChecks(checks)
  return { approval, summary }
}

interface Participation {
  readonly own: OwnShare
  readonly speaker: Speaker
  readonly store: frost.NonceStore
}

async function participate(flags: Flags<typeof COMMIT_FLAGS>, terminal: Terminal): Promise<Participation> {
  const path = needed(flags.share, 'share')
  const { members } = publicPart(path)
  const { speaker, passphrase } = await unlock(flags, members, terminal)
  const own = await readShare(path, passphrase)
  if (own.keyShare.participant !== speaker.id) throw new AppError('NOT_A_PARTICIPANT', `${path} is the share of "${own.keyShare.participant}", and the key that of "${speaker.id}". Give both of one participant.`)
  return { own, speaker, store: await sealedNonces(openNonceFiles(`${path}.nonces`), own.keyShare) }
}

const publicPart = (sharePath: string): Group => decodeGroup(new Uint8Array(readBounded(`${sharePath}.group`, MAX_FILE_BYTES)))

async function commitNonces([file, ...args]: readonly string[], terminal: Terminal): Promise<void> {
  const flags = parseFlags(args, COMMIT_FLAGS)
  const { own, speaker, store } = await participate(flags, terminal)
  const { approval } = await reviewed(file, own, terminal)
  const mailbox = signingMailbox(needed(flags.mail, 'mail'), own, approval, flags.attempt)
  terminal.print(`\nCommitted, nothing signed yet: ${await commit(mailbox, speaker, own.keyShare, store, platformCrypto().randomBytes)}\nNext, with the commitments of all who sign: frost sign ${file}`)
}

async function signApproval([file, ...args]: readonly string[], terminal: Terminal): Promise<void> {
  const flags = parseFlags(args, SIGN_FLAGS)
  const { own, speaker, store } = await participate(flags, terminal)
  const { approval, summary } = await reviewed(file, own, terminal)
  await assertConsent(terminal, summary, flags)
  const mailbox = signingMailbox(needed(flags.mail, 'mail'), own, approval, flags.attempt)
  terminal.print(`\nSigned: ${await sign(mailbox, speaker, own.keyShare, store, approval, signersFrom(flags.signers))}\nNext, anyone with the shares of all who sign: frost aggregate ${file}`)
}

async function makeCertificate([file, ...args]: readonly string[], terminal: Terminal): Promise<void> {
  const flags = parseFlags(args, AGGREGATE_FLAGS)
  const group = decodeGroup(new Uint8Array(readBounded(needed(flags.group, 'group'), MAX_FILE_BYTES)))
  const { approval } = await reviewed(file, group, terminal)
  const mailbox = signingMailbox(needed(flags.mail, 'mail'), group, approval, flags.attempt)
  const certificate = await aggregate(mailbox, group, approval, signersFrom(flags.signers))
  const out = needed(flags.out, 'out')
  writeNew(out, `${jsonText(certificate)}\n`, 0o644)
  terminal.print(`\nWritten: ${out}\nnext: npm run aw -- proposal apply ${approval.proposal_id.slice(0, 12)} --certificate ${out} --key FILE`)
}

const signersFrom = (text: string | null): readonly string[] | null => (text === null ? null : text.split(','))

function needed(value: string | null, flag: string): string {
  if (value === null) throw new FlagError('FLAG_VALUE', `--${flag} needs a value; "frost --help" says what for.`)
  return value
}

function named(file: string | undefined, what: string): string {
  if (file === undefined || file.startsWith('--')) throw new FlagError('FLAG_VALUE', `${what} comes first, then the options; see "frost --help".`)
  return file
}
