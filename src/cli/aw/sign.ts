/** `aw sign FILE`: reads a signing request, shows what it says, and signs it with a key of this machine. */
import { AppError, equalBytes, toHex, utf8Bytes } from '../../codec/index.ts'
import {
  answerRequest, assertWorld, checkIntent, ChunkCollector, decodeRequest, MAX_REQUEST_BYTES, openKeystore, platformCrypto, signingDigest, signNative, summarize, toChunks,
} from '../../vault/index.ts'
import type { Keystore, SigningRequest } from '../../vault/index.ts'
import { FlagError, flagHelp, parseFlags } from '../flags.ts'
import type { FlagSpec, Flags } from '../flags.ts'
import { defaultKeyDirectory, keyFilesIn, passphraseFor, readBounded, readKeyFile, writeNew } from './key-files.ts'
import { assertChecks, assertConsent, CONSENT_FLAGS, renderReview } from './review.ts'
import { terminal as realTerminal } from './terminal.ts'
import type { Terminal } from './terminal.ts'

const FLAGS = {
  key: { type: 'text', default: null, value: 'FILE', help: 'keystore file (default: the one among --keys that the request names)' },
  keys: { type: 'text', default: null, value: 'DIR', help: 'directory of the keys (default ~/.agent-world/keys)' },
  world: { type: 'text', default: null, value: 'WORLD_ID', help: 'refuse requests for any other world' },
  'passphrase-file': { type: 'text', default: null, value: 'FILE', help: 'first line is the passphrase (default: asked for)' },
  out: { type: 'text', default: null, value: 'FILE', help: 'where to write the response (default: beside the request, .awsig)' },
  chunks: { type: 'boolean', default: false, help: 'print the response as texts for QR codes, too' },
  'show-only': { type: 'boolean', default: false, help: 'show the request and its checks, sign nothing' },
  ...CONSENT_FLAGS,
} as const satisfies Record<string, FlagSpec>

const HELP = `Shows what a signing request says, recomputes every hash from its content, and signs it.

  npm run aw -- sign FILE [options]

FILE is a request (.awsign) from the page or from another tool, or a text with its QR codes, one a line.

${flagHelp(FLAGS)}

Exit status: 0 signed, 1 an error (named) or nothing signed, 2 arguments that are not understood.
`

export async function run([file, ...args]: readonly string[], terminal: Terminal = realTerminal): Promise<number> {
  if (file === undefined || file === '--help' || args.includes('--help')) {
    terminal.print(HELP)
    return file === undefined ? 2 : 0
  }
  if (file.startsWith('--')) throw new FlagError('FLAG_VALUE', 'sign needs the request first: aw sign FILE [options].')
  const flags = parseFlags(args, FLAGS)
  const request = decodeRequest(readRequest(file))
  assertWorld(request.intent, flags.world)
  const summary = summarize(request.intent)
  const checks = await checkIntent(request.intent, request.public_key)
  const digest = checks.every(({ passed }) => passed) ? signingDigest(request.intent, request.public_key) : null
  terminal.print(renderReview(summary, checks, request.public_key, request.request_id, digest))
  assertChecks(checks)
  if (flags['show-only']) return 0
  const keystore = keyFor(request, flags)
  assertWorld(request.intent, keystore.world_id)
  await assertConsent(terminal, summary, flags, digest)
  const response = await signed(request, keystore, await passphraseFor(terminal, flags['passphrase-file'], `Passphrase of "${keystore.label}"`))
  const out = flags.out ?? `${file.replace(/\.(awsign|txt)$/, '')}.awsig`
  writeNew(out, response, 0o644)
  terminal.print(`\nSigned. Carry this response back: ${out}`)
  if (flags.chunks) for (const chunk of toChunks(response)) terminal.print(chunk)
  return 0
}

/** The request's bytes, put together from codes where the file holds those. */
function readRequest(file: string): Uint8Array {
  const content = readBounded(file, 4 * MAX_REQUEST_BYTES)
  if (!equalBytes(content.subarray(0, 5), utf8Bytes('AWQ1/'))) return content
  const collector = new ChunkCollector()
  const lines = new TextDecoder().decode(content).split(/\r?\n/).filter((line) => line !== '')
  const last = lines.map((line) => collector.add(line)).at(-1)!
  if (last.file === null) throw new AppError('CHUNKS_MISSING', `Codes ${last.missing.join(', ')} of ${last.total} are missing. Scan them, too.`, { total: last.total })
  return last.file
}

function keyFor(request: SigningRequest, flags: Flags<typeof FLAGS>): Keystore {
  const directory = flags.keys ?? defaultKeyDirectory()
  const candidates = flags.key === null ? keyFilesIn(directory) : [readKeyFile(flags.key)]
  const found = candidates.find(({ keystore }) => equalBytes(keystore.public_key, request.public_key))
  if (found !== undefined) return found.keystore
  const where = flags.key ?? directory
  throw new AppError('KEY_NOT_FOUND', `The request asks for key ${toHex(request.public_key)}, which is not in ${where}. Give its file with --key FILE.`, { where })
}

async function signed(request: SigningRequest, keystore: Keystore, passphrase: string): Promise<Uint8Array> {
  const { subtle } = platformCrypto()
  const { publicKey, secret } = await openKeystore(subtle, keystore, passphrase)
  return answerRequest(request, { publicKey, sign: (payload) => signNative(subtle, secret, payload) })
}
