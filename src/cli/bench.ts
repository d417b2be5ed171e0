/** `npm run bench`: the project's figures, as ratios within one run, beside what they should reach. */
import { writeFileSync } from 'node:fs'
import { errorInfo } from '../codec/index.ts'
import { benchCertificate } from '../light/bench/index.ts'
import { benchBusyBlock, benchEconomy, benchReplay, localGenesis } from '../node/agents/bench/index.ts'
import { benchInterrupt } from '../node/executor/bench/index.ts'
import { spawnExecutorThread } from '../node/executor/thread.node.ts'
import { benchAbiCall, benchExecutor, benchMetering } from '../wasm/bench/index.ts'
import { encodeGenesis } from '../world/index.ts'
import { benchStateUpdate, benchTransferBlock } from '../world/bench/index.ts'
import { benchApproval } from './bench/approval.ts'
import { withBenchPage } from './bench/browser.ts'
import type { PageBench } from './bench/in-page.ts'
import { Report } from './bench/report.ts'
import { ruleCall } from './bench/rule-call.ts'
import { benchShadowRerun } from './bench/shadow.ts'
import { findOrInstallChromium } from './chromium.ts'
import { FlagError, flagHelp, parseFlags } from './flags.ts'

const now = (): number => performance.now()

/** Agents of a busy belt-small. */
const BUSY_AGENTS = 200
/** Agents of belt-small as `npm start` makes it. */
const SETTLED_AGENTS = 24
/** The economy gets this far within so many blocks, or the run says what did not happen. */
const ECONOMY_BLOCKS = 5_000

/** What can be measured alone, by name. */
const GROUPS: Readonly<Record<string, (report: Report, replayBlocks: number) => Promise<void>>> = {
  async wasm(report) {
    const metering = report.keep('metering', benchMetering({ now }))
    report.most('metered ÷ plain time, median of workloads', metering.medianRatio, 1.15)
    report.most('metered ÷ plain code size, median of workloads', metering.medianSizeRatio, 1.6)
    report.least('instrumentation, MB of modules a second', metering.instrumentMBps, 10)
    const abiCall = report.keep('abi_call', benchAbiCall({ now, call: await ruleCall() }))
    report.most('call of a small module through the ABI ÷ its bare export', abiCall.ratio, 10)
    report.keep('executor', benchExecutor({ now }))
  },
  async executor(report) {
    const interrupt = report.keep('interrupt', await benchInterrupt(spawnExecutorThread, encodeGenesis(await localGenesis(SETTLED_AGENTS)), now))
    report.most('interrupt to usable executor ÷ bare worker respawned', interrupt.rebuilt_over_bare, 3)
    report.most('interrupt to usable executor with a warm spare ÷ the same', interrupt.spare_over_bare, 1 / 5)
  },
  async light(report) {
    report.most('certificate of 100 ÷ 67 raw WebCrypto verifies', report.keep('certificate', await benchCertificate()).ratio, 1.3)
  },
  async world(report) {
    report.most('block of 1,000 transfers ÷ 1,000 raw WebCrypto verifies', report.keep('transfer_block', await benchTransferBlock()).total_over_raw, 2)
    const state = report.keep('state_update', benchStateUpdate())
    report.most('100,000 entries: touching 1,000 keys ÷ touching 100', state.touch_1000_over_100, 15)
    report.most('100,000 entries: touching 1,000 keys ÷ rebuilding the tree', 1 / state.rebuild_over_1000, 1 / 20)
    const busy = report.keep('busy_block', await benchBusyBlock(BUSY_AGENTS, now))
    report.most(`belt-small block, ${BUSY_AGENTS} agents, all modules ÷ block interval`, busy.share_of_interval, 1 / 10)
  },
  async governance(report) {
    const rerun = report.keep('shadow_rerun', await benchShadowRerun(spawnExecutorThread))
    report.least(`shadow re-run, ${rerun.blocks} blocks of belt-small: time they took ÷ time of the re-run`, rerun.real_time_over_rerun, 20)
    const approval = report.keep('approval', await benchApproval(now))
    report.most('last approval to its effect finalized on four validators, block intervals', approval.worst, 3)
  },
  async economy(report) {
    const run = report.keep('economy', await benchEconomy(ECONOMY_BLOCKS))
    report.say(`  from an empty stock, ${run.blocks} blocks:`)
    for (const [name, height] of Object.entries(run.milestones)) report.say(`  ${name.padEnd(30)} ${height === null ? `not within ${ECONOMY_BLOCKS} blocks` : `at height ${height}`}`)
    report.most('milestones of the economy not reached', Object.values(run.milestones).filter((height) => height === null).length, 0)
  },
  async replay(report, blocks) {
    const run = report.keep('replay', await benchReplay(blocks, now))
    report.most(`replay of ${run.blocks.toLocaleString('en')} blocks: heights with another root`, run.different.length, 0)
    report.say(`  ${Math.round(run.blocks_per_second).toLocaleString('en')} blocks a second, ${run.actions.toLocaleString('en')} actions, signatures verified ahead`)
  },
  async browser(report) {
    report.say('Chromium, headless, no GPU')
    await withBenchPage(findOrInstallChromium(report.say), async (page) => {
      report.most('in a tab: certificate of 100 ÷ 67 raw WebCrypto verifies', report.keep('certificate_tab', await page.evaluate(async () => globalThis.bench.certificate())).ratio, 1.3)
      const block = report.keep('transfer_block_tab', await page.evaluate(async () => globalThis.bench.transferBlock()))
      report.most('in a tab: block of 1,000 transfers ÷ 1,000 raw verifies', block.total_over_raw, 2)
      const metering = report.keep('metering_tab', await page.evaluate(() => globalThis.bench.metering()))
      report.most('in a tab: metered ÷ plain time, median of workloads', metering.medianRatio, 1.15)
      report.least('in a tab: instrumentation, MB of modules a second', metering.instrumentMBps, 10)
      report.most('in a tab: call of a small module through the ABI ÷ its bare export', report.keep('abi_call_tab', await page.evaluate(async () => globalThis.bench.abiCall())).ratio, 10)
      const interrupt = report.keep('interrupt_tab', await page.evaluate(async () => globalThis.bench.interrupt()))
      report.most('in a tab: interrupt to usable executor ÷ bare worker respawned', interrupt.rebuilt_over_bare, 3)
      report.most('in a tab: the same with a warm spare', interrupt.spare_over_bare, 1 / 5)
      const rerun = report.keep('shadow_rerun_tab', await page.evaluate(async () => globalThis.bench.shadowRerun()))
      report.least(`in a tab: shadow re-run, ${rerun.blocks} blocks: time they took ÷ time of the re-run`, rerun.real_time_over_rerun, 20)
      const renderer = report.keep('renderer', await page.evaluate(async () => globalThis.bench.renderer()))
      report.least('10,000 moving agents: frames a second', renderer.medianFps, 55)
      report.most('10,000 moving agents: main-thread tasks over 50 ms', renderer.longTasksMs.length, 0)
    })
  },
}

const FLAGS = {
  json: { type: 'text', default: null, value: 'FILE', help: 'write all figures there' },
  only: { type: 'text', default: null, value: 'GROUPS', help: `measure only these, separated by commas: ${Object.keys(GROUPS).join(',')}` },
  'no-browser': { type: 'boolean', default: false, help: 'leave out what runs in Chromium' },
  'replay-blocks': { type: 'integer', default: 10_000, min: 1, max: 1_000_000, help: 'blocks lived and replayed' },
} as const

declare global {
  var bench: PageBench
}

async function main(): Promise<void> {
  const args = process.argv.slice(2)
  if (args.includes('--help')) {
    console.log(`Usage: npm run bench -- [options]\n\nMeasures the figures of this project and prints them beside their targets.\n\n${flagHelp(FLAGS)}`)
    return
  }
  const flags = parseFlags(args, FLAGS)
  const names = flags.only === null ? Object.keys(GROUPS).filter((name) => name !== 'browser' || !flags['no-browser']) : flags.only.split(',')
  const unknown = names.find((name) => !Object.hasOwn(GROUPS, name))
  if (unknown !== undefined) throw new FlagError('FLAG_VALUE', `--only has no group "${unknown}". Known: ${Object.keys(GROUPS).join(', ')}.`)
  const report = new Report((line) => console.log(line))
  for (const name of names) await GROUPS[name]!(report, flags['replay-blocks'])
  if (flags.json !== null) {
    writeFileSync(flags.json, `${JSON.stringify({ node: process.version, targets: report.targets, figures: report.figures }, null, 2)}\n`)
    report.say(`figures written to ${flags.json}`)
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const { code, message } = errorInfo(error)
    console.error(`${code}: ${message}`)
    process.exit(code.startsWith('FLAG_') ? 2 : 1)
  },
)
