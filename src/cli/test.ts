/**
 * `npm test`: everything that proves the project works, cheapest first; stops at the first failure.
 * `npm test -- unit` and the other step names run one step alone.
 */
import { spawnSync } from 'node:child_process'
import { errorInfo } from '../codec/index.ts'
import { findOrInstallChromium } from './chromium.ts'

interface Step {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly browser: boolean
}

const STEPS: readonly Step[] = [
  { name: 'types', command: 'tsc', args: ['--noEmit'], browser: false },
  { name: 'lint', command: 'oxlint', args: ['--deny-warnings'], browser: false },
  { name: 'artifacts', command: 'node', args: ['src/cli/artifacts.ts', 'sync', 'all', '--check'], browser: false },
  { name: 'unit', command: 'vitest', args: ['run', '--project', 'node'], browser: false },
  { name: 'simulation', command: 'node', args: ['src/cli/sim.ts', '--seeds', '300'], browser: false },
  { name: 'chromium', command: 'vitest', args: ['run', '--project', 'chromium'], browser: true },
  { name: 'build', command: 'vite', args: ['build'], browser: false },
  { name: 'size', command: 'node', args: ['src/cli/size.ts'], browser: false },
  { name: 'e2e', command: 'playwright', args: ['test'], browser: true },
]

function main(): number {
  const wanted = process.argv.slice(2)
  if (wanted.includes('--help')) {
    console.log(`npm test [-- STEP…]\n\nRuns every step, or only those named: ${STEPS.map((step) => step.name).join(', ')}.`)
    return 0
  }
  const unknown = wanted.find((name) => !STEPS.some((step) => step.name === name))
  if (unknown !== undefined) {
    console.error(`There is no step "${unknown}". Steps: ${STEPS.map((step) => step.name).join(', ')}.`)
    return 2
  }
  const steps = wanted.length === 0 ? STEPS : STEPS.filter((step) => wanted.includes(step.name))
  const environment = { ...process.env }
  if (steps.some((step) => step.browser)) environment['CHROMIUM_PATH'] = findOrInstallChromium((line) => console.log(line))
  for (const step of steps) {
    console.log(`\n▶ ${step.name}: ${step.command} ${step.args.join(' ')}`)
    const started = performance.now()
    const { status, error } = spawnSync(step.command, step.args, { stdio: 'inherit', env: environment })
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    if (status !== 0) {
      console.error(`\n✖ ${step.name} failed after ${seconds} s${error === undefined ? '' : `: ${error.message}`}.`)
      console.error(`Run it alone with: npm test -- ${step.name}`)
      console.error(`${steps.indexOf(step)} passed, 1 failed`)
      return 1
    }
    console.log(`✔ ${step.name} (${seconds} s)`)
  }
  console.log(`\n${steps.length} passed, 0 failed`)
  return 0
}

try {
  process.exitCode = main()
} catch (error) {
  console.error(errorInfo(error).message)
  process.exitCode = 1
}
