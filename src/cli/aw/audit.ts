/** `aw audit`: events with proofs out of a node's store, and the check of such a file. */
import { createReadStream, createWriteStream, existsSync, readFileSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import {
  AuditError, csvRows, decodeGenesisValue, exportAudit, genesisValidators, jsonLines, NO_FILTER, parseCheckpoint, readLines, verifyAudit,
} from '../../audit/index.ts'
import type { AuditProgress, AuditReport, ExportOptions, VerifyOptions } from '../../audit/index.ts'
import { openDirectorySource } from '../../audit/node.ts'
import { AppError } from '../../codec/index.ts'
import { FlagError, flagHelp, parseFlags } from '../flags.ts'
import type { FlagSpec } from '../flags.ts'

const MAX_HEIGHT = 900_000_000_000_000
/** Between lines of progress. */
const PROGRESS_MS = 2_000
/** Everything holds, but nothing from outside of the file says that it is of the world meant, or that its validators are. */
const EXIT_UNANCHORED = 3

const EXPORT_FLAGS = {
  data: { type: 'text', default: null, value: 'DIR', help: 'directory of a validator or gateway that is not running, such as .agent-world/gateway' },
  out: { type: 'text', default: null, value: 'FILE', help: 'where to write (default: standard output)' },
  format: { type: 'text', default: 'jsonl', choices: ['jsonl', 'csv'], help: 'jsonl with proofs, or csv for spreadsheets, without' },
  kind: { type: 'text', default: null, value: 'KIND', help: 'only events of this kind; "governance.*" for all that begin so' },
  proposal: { type: 'text', default: null, value: 'ID', help: 'only events of this proposal: its shadow report, failures, votes and effect' },
  module: { type: 'text', default: null, value: 'ID', help: 'only events that mention this module' },
  agent: { type: 'text', default: null, value: 'ID', help: 'only events that mention this agent' },
  cause: { type: 'text', default: null, value: 'CAUSE', help: 'only events caused by this: action:…, event:…, schedule:…, block; "action:*" for all that begin so' },
  from: { type: 'integer', default: null, min: 1, max: MAX_HEIGHT, value: 'HEIGHT', help: 'first block (default: the first stored)' },
  to: { type: 'integer', default: null, min: 1, max: MAX_HEIGHT, value: 'HEIGHT', help: 'last block (default: the newest)' },
  limit: { type: 'integer', default: null, min: 1, max: MAX_HEIGHT, value: 'N', help: 'most events in this file; the end line and standard error give the cursor to go on with' },
  cursor: { type: 'text', default: null, value: 'CURSOR', help: 'go on where an earlier file ended; the filters must be the same' },
  checkpoint: { type: 'integer', default: null, min: 1, max: MAX_HEIGHT, value: 'HEIGHT', help: 'include this block, so that the file can be held against a checkpoint of it' },
  'without-genesis': { type: 'boolean', default: false, help: 'leave the genesis out; verifying then needs --genesis or --checkpoint' },
} as const satisfies Record<string, FlagSpec>

const VERIFY_FLAGS = {
  genesis: { type: 'text', default: null, value: 'FILE', help: 'the genesis, from a place you trust: the file must be of its world' },
  world: { type: 'text', default: null, value: 'ID', help: 'the world the file must be of; enough for a file with its genesis' },
  checkpoint: { type: 'text', default: null, value: 'WORLD:HEIGHT:HASH', help: 'a block you trust: the file must hold it' },
  json: { type: 'boolean', default: false, help: 'print the result as JSON' },
} as const satisfies Record<string, FlagSpec>

const HELP = `Events of a world with the proof that each of them happened.

  npm run aw -- audit export --data DIR [options]
  npm run aw -- audit verify FILE [options]

export:
${flagHelp(EXPORT_FLAGS)}

A running node keeps its store to itself, and a copy of it is refused as well (STORAGE_LOCKED). While the world runs, export from the page it serves, or stop one
node that it can spare, such as the gateway, and export from its directory. Everything about a proposal, from failures to the shadow report they are in: --proposal ID.

verify (offline; "-" reads standard input; verify.html does the same in a browser):
${flagHelp(VERIFY_FLAGS)}

Exit status: 0 done, or every event proven in the world you named; 1 an error, or a file with a bad line (named); 2 arguments that are not understood;
3 a file without a bad line that nothing from outside of it vouches for: give --world, --genesis or --checkpoint.
`

export async function run([command, ...args]: readonly string[]): Promise<number> {
  if (command === '--help' || args.includes('--help')) {
    process.stdout.write(HELP)
    return 0
  }
  if (command === 'export') return exportFile(args)
  if (command === 'verify') return verifyFile(args)
  throw new FlagError('COMMAND_UNKNOWN', `Say "audit export" or "audit verify"${command === undefined ? '' : `; "${command}" is neither`}. --help says more.`)
}

async function exportFile(args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, EXPORT_FLAGS)
  if (flags.data === null) throw new FlagError('FLAG_VALUE', '--data is missing: the directory of a validator or gateway, such as .agent-world/gateway.')
  if (flags.cursor !== null && (flags.from !== null || flags.to !== null)) throw new FlagError('FLAG_VALUE', 'A cursor holds its range; leave out --from and --to.')
  const { kind, proposal, module, agent, cause } = flags
  if (proposal !== null && !/^[0-9a-f]{64}$/.test(proposal)) throw new FlagError('FLAG_VALUE', '--proposal takes a whole id, 64 hex digits; "aw proposal list --all" shows them.')
  if (flags.out !== null && existsSync(flags.out)) throw new AppError('FILE_EXISTS', `${flags.out} exists and is not overwritten. Choose another name, or move it away.`, { path: flags.out })
  const progress = progressReporter()
  let cursor: string | null = null
  let records = 0
  const options: ExportOptions = {
    filter: { ...NO_FILTER, kind, proposal, module, agent, cause },
    ...(flags.from === null ? {} : { from: flags.from }),
    ...(flags.to === null ? {} : { to: flags.to }),
    ...(flags.limit === null ? {} : { limit: flags.limit }),
    ...(flags.cursor === null ? {} : { cursor: flags.cursor }),
    ...(flags.checkpoint === null ? {} : { checkpoint: flags.checkpoint }),
    withoutGenesis: flags['without-genesis'],
    onProgress: progress,
  }
  const source = await openDirectorySource(flags.data)
  try {
    const lines = (async function* () {
      for await (const line of exportAudit(source, options)) {
        if (line.type === 'end') ({ records, next_cursor: cursor } = line)
        yield line
      }
    })()
    await writeOut(flags.out, flags.format === 'csv' ? csvRows(lines) : jsonLines(lines))
  } finally {
    await source.close()
  }
  process.stderr.write(`${records} events of ${source.worldId}\n${cursor === null ? '' : `more: --cursor ${cursor}\n`}`)
  return 0
}

/** Writes beside the file and renames when it is whole, so that nothing half written has the name. */
async function writeOut(path: string | null, text: AsyncIterable<string>): Promise<void> {
  if (path === null) {
    await pipeline(Readable.from(text), process.stdout, { end: false }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error // who reads, such as head, had enough
    })
    return
  }
  const partial = `${path}.partial`
  try {
    await pipeline(Readable.from(text), createWriteStream(partial))
    await rename(partial, path)
  } catch (error) {
    await rm(partial, { force: true })
    throw fileError(error, path)
  }
}

function progressReporter(): (progress: AuditProgress) => void {
  let due = performance.now() + PROGRESS_MS
  return ({ height, to, records }) => {
    if (performance.now() < due) return
    due = performance.now() + PROGRESS_MS
    process.stderr.write(`block ${height} of ${to}, ${records} events\n`)
  }
}

async function verifyFile([path, ...args]: readonly string[]): Promise<number> {
  if (path === undefined || path.startsWith('--')) throw new FlagError('FLAG_VALUE', 'Name the file: npm run aw -- audit verify FILE.')
  const flags = parseFlags(args, VERIFY_FLAGS)
  const options: VerifyOptions = {
    ...(flags.genesis === null ? {} : { genesis: genesisValidators(decodeGenesisValue(readFile(flags.genesis))) }),
    ...(flags.world === null ? {} : { worldId: flags.world }),
    ...(flags.checkpoint === null ? {} : { checkpoint: parseCheckpoint(flags.checkpoint) }),
  }
  try {
    const report = await verifyAudit(readLines(path === '-' ? process.stdin : createReadStream(path)), options)
    process.stdout.write(flags.json ? `${JSON.stringify({ ok: true, ...report }, null, 2)}\n` : describe(report))
    return report.trusted ? 0 : EXIT_UNANCHORED
  } catch (error) {
    if (!(error instanceof AuditError)) throw fileError(error, path)
    const { code, message, detail } = error
    if (flags.json) process.stdout.write(`${JSON.stringify({ ok: false, code, message, ...detail }, null, 2)}\n`)
    else process.stdout.write(`✖ line ${detail['line']}: ${code}\n  ${message}\n  Nothing from this line on is proven; do not rely on the file.\n`)
    return 1
  }
}

function describe(report: AuditReport): string {
  const { world_id, records, proven, root, blocks, set_changes, from, to, first, last, unbroken, newest, next_cursor } = report
  const filter = Object.entries(report.filter).flatMap(([name, wanted]) => (wanted === null ? [] : [`${name} ${wanted}`])).join(', ')
  const whole = proven === records && root !== 'none'
  return `${[
    `${report.trusted ? '✔' : '◐'} ${records} events in ${blocks} certified blocks of ${world_id}`,
    `  blocks ${from} to ${to}${filter === '' ? '' : `, only ${filter}`}${first === null ? '' : `; events ${first} to ${last}`}`,
    '',
    'Proven:',
    `  ${proven} of ${records} events are in blocks that more than two thirds of the stake of the world's validators signed`,
    ...(root === 'genesis' ? [`  the validators follow from the genesis, which the world id binds${set_changes === 0 ? '' : `, through ${set_changes} announced changes`}`] : []),
    ...(root === 'checkpoint' ? ['  the validators follow from the checkpoint you gave'] : []),
    ...(unbroken ? [`  no event is missing between ${first} and ${last}: each names the hash of the one before it`] : []),
    '',
    'Claimed by the file, not proven:',
    ...(whole ? [] : [`  ${records - proven} events rest on validators that only the file names: give --genesis or an earlier --checkpoint`]),
    ...(report.anchored ? [] : ['  that this is the world you mean: give --world, --genesis or --checkpoint from a place you trust']),
    ...(unbroken ? [] : ['  that every event that fits was exported']),
    '  that there is no event before the first or after the last; dates, since they are clocks of proposers',
    ...(next_cursor === null ? [] : ['', `The export goes on: --cursor ${next_cursor}`]),
    '',
    `Newest block: ${newest}`,
  ].join('\n')}\n`
}

function readFile(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    throw fileError(error, path)
  }
}

function fileError(error: unknown, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (typeof code !== 'string' || error instanceof AppError) return error
  return new AppError('FILE_UNUSABLE', `${path} cannot be used (${code}). Check the path and its permissions.`, { path }, { cause: error })
}
