/** `npm run sim`: consensus under a virtual clock, a bad network, crashes and Byzantine validators, one seed after another. */
import { errorInfo } from '../codec/index.ts'
import { MUTANTS, simulate } from '../consensus/sim/index.ts'
import type { MutantName, SimulationReport } from '../consensus/sim/index.ts'
import { FlagError, flagHelp, parseFlags } from './flags.ts'

/** Between lines of progress. */
const PROGRESS_MS = 5_000

const FLAGS = {
  seeds: { type: 'integer', default: 200, min: 1, max: 100_000_000, value: 'N', help: 'how many seeds to run' },
  seed: { type: 'integer', default: 1, min: 0, max: 900_000_000_000_000, value: 'S', help: 'the first seed' },
  mutant: { type: 'text', default: null, choices: Object.keys(MUTANTS), value: 'NAME', help: 'run a machine broken on purpose, to see it caught' },
} as const

const HELP = `Usage: npm run sim -- [options]

Simulates a network of validators, some of them Byzantine, through loss, delay, partitions and crashes.
Safety is asserted at every step, progress after the network heals. The same seed gives the same run.

${flagHelp(FLAGS)}

Mutants: ${Object.keys(MUTANTS).join(', ')}.
Exit code: 0 when every seed passed, 1 when one failed (its seed and command are printed), 2 for a bad flag.
`

async function main(): Promise<number> {
  const args = process.argv.slice(2)
  if (args.includes('--help')) {
    console.log(HELP)
    return 0
  }
  const { seed: first, seeds, mutant } = parseFlags(args, FLAGS)
  const totals = newTotals()
  let nextProgress = performance.now() + PROGRESS_MS
  for (let seed = first; seed < first + seeds; seed++) {
    const report = await simulate({
      seed,
      settle: () => new Promise((resolve) => setImmediate(resolve)),
      ...(mutant === null ? {} : { mutant: MUTANTS[mutant as MutantName] }),
    })
    add(totals, report)
    if (report.violation !== null) {
      console.log(failure(report, mutant))
      console.log(summary(totals))
      return 1
    }
    if (performance.now() >= nextProgress) {
      console.log(summary(totals))
      nextProgress = performance.now() + PROGRESS_MS
    }
  }
  console.log(`${summary(totals)}\nno violation`)
  return 0
}

function newTotals() {
  return { seeds: 0, heights: 0, events: 0, virtualMs: 0, crashes: 0, tornWrites: 0, messagesLost: 0, byzantine: 0, prevotesWhileLocked: 0, reproposals: 0, started: performance.now() }
}

function add(totals: ReturnType<typeof newTotals>, report: SimulationReport): void {
  totals.seeds++
  totals.heights += report.heights
  totals.events += report.events
  totals.virtualMs += report.virtualMs
  totals.crashes += report.crashes
  totals.tornWrites += report.tornWrites
  totals.messagesLost += report.messagesLost
  totals.byzantine += report.byzantine.length
  totals.prevotesWhileLocked += report.coverage.prevotesWhileLocked
  totals.reproposals += report.coverage.reproposals
}

function summary(totals: ReturnType<typeof newTotals>): string {
  const seconds = (performance.now() - totals.started) / 1000
  return `${totals.seeds} seeds in ${seconds.toFixed(1)} s: ${totals.heights} heights, ${(totals.virtualMs / 3_600_000).toFixed(2)} virtual hours, ` +
    `${totals.events} events, ${totals.messagesLost} messages lost, ${totals.crashes} crashes (${totals.tornWrites} torn writes), ` +
    `${totals.byzantine} Byzantine validators, ${totals.prevotesWhileLocked} prevotes under lock, ${totals.reproposals} re-proposals`
}

function failure({ seed, violation, byzantine, nodes }: SimulationReport, mutant: string | null): string {
  return [
    `VIOLATION ${violation!.kind} at ${violation!.at} ms: ${violation!.node}: ${violation!.message}`,
    `  Byzantine: ${byzantine.join(', ') || 'none'}`,
    ...nodes.map((node) => `  ${node}`),
    `Reproduce: npm run sim -- --seeds 1 --seed ${seed}${mutant === null ? '' : ` --mutant ${mutant}`}`,
  ].join('\n')
}

main().then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    const { code, message } = errorInfo(error)
    console.error(`${code}: ${message}`)
    process.exitCode = error instanceof FlagError ? 2 : 1
  },
)
