/** `npm run bench`: the project's figures, as ratios within one run, beside what they should reach. */
import { writeFileSync } from 'node:fs'
import { errorInfo } from '../codec/index.ts'
import { benchCertificate } from '../light/bench/index.ts'
import { benchAbiCall, benchExecutor, benchMetering } from '../wasm/bench/index.ts'
import { benchStateUpdate, benchTransferBlock } from '../world/bench/index.ts'
import { withBenchPage } from './bench/browser.ts'
import type { PageBench } from './bench/in-page.ts'
import { ruleCall } from './bench/rule-call.ts'
import { findOrInstallChromium } from './chromium.ts'
import { flagHelp, parseFlags } from './flags.ts'

const FLAGS = {
  json: { type: 'text', default: null, value: 'FILE', help: 'write all figures there' },
  'no-browser': { type: 'boolean', default: false, help: 'leave out what runs in Chromium' },
} as const

interface Target {
  readonly name: string
  readonly measured: number
  readonly limit: number
  /** `most`: the figure must not be above the limit; `least`: not below. */
  readonly kind: 'most' | 'least'
}

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
  const say = (line: string): void => console.log(line)
  const figures: Record<string, unknown> = {}
  const targets: Target[] = []
  const add = (name: string, measured: number, kind: Target['kind'], limit: number): void => {
    targets.push({ name, measured, kind, limit })
    const met = kind === 'most' ? measured <= limit : measured >= limit
    say(`${met ? '✔' : '✖'} ${name.padEnd(62)} ${measured.toFixed(2).padStart(8)}  (at ${kind} ${limit})`)
  }

  say('Node.js')
  const metering = benchMetering({ now: () => performance.now() })
  figures['metering'] = metering
  add('metered ÷ plain time, median of workloads', metering.medianRatio, 'most', 1.15)
  add('metered ÷ plain code size, median of workloads', metering.medianSizeRatio, 'most', 1.6)
  add('instrumentation, MB of modules a second', metering.instrumentMBps, 'least', 10)
  const abiCall = benchAbiCall({ now: () => performance.now(), call: await ruleCall() })
  figures['abi_call'] = abiCall
  add('call of a small module through the ABI ÷ its bare export', abiCall.ratio, 'most', 10)
  figures['executor'] = benchExecutor({ now: () => performance.now() })
  const certificate = await benchCertificate()
  figures['certificate'] = certificate
  add('certificate of 100 ÷ 67 raw WebCrypto verifies', certificate.ratio, 'most', 1.3)
  const transfer = await benchTransferBlock()
  figures['transfer_block'] = transfer
  add('block of 1,000 transfers ÷ 1,000 raw WebCrypto verifies', transfer.total_over_raw, 'most', 2)
  const state = benchStateUpdate()
  figures['state_update'] = state
  add('100,000 entries: touching 1,000 keys ÷ touching 100', state.touch_1000_over_100, 'most', 15)
  add('100,000 entries: touching 1,000 keys ÷ rebuilding the tree', 1 / state.rebuild_over_1000, 'most', 1 / 20)

  if (!flags['no-browser']) {
    say('Chromium, headless, no GPU')
    await withBenchPage(findOrInstallChromium(say), async (page) => {
      const inTab = await page.evaluate(async () => globalThis.bench.certificate())
      figures['certificate_tab'] = inTab
      add('in a tab: certificate of 100 ÷ 67 raw WebCrypto verifies', inTab.ratio, 'most', 1.3)
      const block = await page.evaluate(async () => globalThis.bench.transferBlock())
      figures['transfer_block_tab'] = block
      add('in a tab: block of 1,000 transfers ÷ 1,000 raw verifies', block.total_over_raw, 'most', 2)
      const meteringTab = await page.evaluate(() => globalThis.bench.metering())
      figures['metering_tab'] = meteringTab
      add('in a tab: metered ÷ plain time, median of workloads', meteringTab.medianRatio, 'most', 1.15)
      add('in a tab: instrumentation, MB of modules a second', meteringTab.instrumentMBps, 'least', 10)
      const abiCallTab = await page.evaluate(async () => globalThis.bench.abiCall())
      figures['abi_call_tab'] = abiCallTab
      add('in a tab: call of a small module through the ABI ÷ its bare export', abiCallTab.ratio, 'most', 10)
      const renderer = await page.evaluate(async () => globalThis.bench.renderer())
      figures['renderer'] = renderer
      add('10,000 moving agents: frames a second', renderer.medianFps, 'least', 55)
      add('10,000 moving agents: main-thread tasks over 50 ms', renderer.longTasksMs.length, 'most', 0)
    })
  }
  if (flags.json !== null) {
    writeFileSync(flags.json, `${JSON.stringify({ node: process.version, targets, figures }, null, 2)}\n`)
    say(`figures written to ${flags.json}`)
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
