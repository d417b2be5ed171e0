/** `npm start`: a testnet on this machine: validators, a gateway with relay and scripted agents, and the page. */
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { join, resolve } from 'node:path'
import { AppError, errorInfo } from '../codec/index.ts'
import { SCENARIOS } from '../world/index.ts'
import type { ScenarioName } from '../world/index.ts'
import { buildPageIfStale } from './build-page.ts'
import { manageProcess } from './child-process.ts'
import type { ManagedProcess } from './child-process.ts'
import { lockDirectory } from './directory-lock.ts'
import { flagHelp, parseFlags } from './flags.ts'
import { prepareTestnet, testnetPorts } from './prepare-testnet.ts'
import type { SignerFiles } from './testnet-signers.ts'

const FLAGS = {
  port: { type: 'integer', default: 8080, min: 1024, max: 65_000, value: 'P', help: 'port of the page; the ports after it carry libp2p' },
  host: { type: 'text', default: '127.0.0.1', value: 'ADDRESS', help: 'IPv4 address to listen on; 0.0.0.0 for other machines' },
  data: { type: 'text', default: '.agent-world', value: 'DIR', help: 'where the world is kept' },
  validators: { type: 'integer', default: 4, min: 1, max: 32, value: 'N', help: 'validators, each a process of its own' },
  agents: { type: 'integer', default: null, min: 0, max: 100_000, value: 'N', help: 'scripted agents (default: those of the scenario and a third more that register)' },
  scenario: { type: 'text', default: 'belt-small', choices: ['belt-small', 'belt-large'], help: 'world to make' },
  'block-interval-ms': { type: 'integer', default: 1000, min: 100, max: 60_000, value: 'N', help: 'milliseconds between blocks' },
  signers: { type: 'text', default: null, value: 'FILE', help: 'JSON of who governs a new world, by public keys (default: keys are made in <data>/signers)' },
  'no-bots': { type: 'boolean', default: false, help: 'run no scripted agents' },
} as const

const HELP = `Usage: npm start -- [options]

Starts a testnet on this machine and prints the address of its page. Ctrl-C stops it; the same
command takes the same world up again at the height it had.

${flagHelp(FLAGS)}

While it runs, type: status, stop N, start N (validator N), help, quit.
`

async function main(): Promise<void> {
  const args = process.argv.slice(2)
  if (args.includes('--help')) {
    console.log(HELP)
    return
  }
  const flags = parseFlags(args, FLAGS)
  if (!/^\d+\.\d+\.\d+\.\d+$/.test(flags.host)) throw new AppError('FLAG_VALUE', `--host takes an IPv4 address such as 127.0.0.1 or 0.0.0.0; "${flags.host}" is not that.`)
  const started = performance.now()
  const directory = resolve(flags.data)
  await assertPortsFree(flags.host, testnetPorts(flags.port, flags.validators))
  const lock = lockDirectory(directory)
  const scenario = flags.scenario as ScenarioName
  const testnet = await prepareTestnet({ directory, scenario, validators: flags.validators, host: flags.host, port: flags.port, blockIntervalMs: flags['block-interval-ms'], ...(flags.signers === null ? {} : { signers: resolve(flags.signers) }) })
  console.log(`${testnet.existing ? 'taking up' : 'made'} the world ${testnet.world_id}`)
  if (testnet.signers !== null) console.log(signersNote(testnet.signers))
  const agents = flags['no-bots'] ? 0 : (flags.agents ?? testnet.settledAgents + Math.ceil(testnet.settledAgents / 3))
  const url = `http://${flags.host === '0.0.0.0' ? '127.0.0.1' : flags.host}:${flags.port}/`

  const validators = testnet.validators.map((path, index) => manageProcess({
    name: `validator-${index + 1}`, directory: path, script: join(import.meta.dirname, 'validator.ts'), args: ['--data', path],
    onReady: () => console.log(`validator-${index + 1} is up (pid ${validators[index]!.pid})`),
    onLost: (reason, lines) => console.log(`validator-${index + 1} ${reason}. Type "start ${index + 1}" to start it again.${lines === '' ? '' : `\n  last output: ${lines.split('\n').at(-1)}`}`),
  }))
  const gateway = manageProcess({
    name: 'gateway', directory: testnet.gateway, script: join(import.meta.dirname, 'gateway.ts'),
    args: ['--data', testnet.gateway, '--host', flags.host, '--port', String(flags.port), '--page', resolve('dist'), '--agents', String(agents)],
    onReady: () => console.log(`gateway is up (pid ${gateway.pid})\n\n  ${url}\n\n(ready after ${((performance.now() - started) / 1000).toFixed(1)} s; ${SCENARIOS[scenario].agents} agents settled, ${agents} scripted; type "help" for commands, Ctrl-C stops)`),
    onLost: (reason, lines) => console.log(`the gateway ${reason}: the page is no longer served. Type "start gateway".${lines === '' ? '' : `\n  last output: ${lines.split('\n').at(-1)}`}`),
  })
  const all = [...validators, gateway]
  for (const validator of validators) validator.start()
  buildPageIfStale((line) => console.log(line))
  gateway.start()
  const stopped = waitForStop()
  const terminal = readCommands(all, stopped.request)
  await stopped.promise
  terminal.close()
  console.log('stopping…')
  await Promise.all(all.map((managed) => managed.stop()))
  lock.release()
  console.log('stopped; the world is kept in ' + directory)
}

/** Where the keys are that may change the rules of this world, and what to do with them. */
function signersNote({ directory, passphrase, signers }: SignerFiles): string {
  return `keys of its signers (${signers.join(', ')}), of its guardian and of who signs modules: ${directory}
  passphrase: ${passphrase}
  next: import one on the page under Keys, or type "npm run aw -- proposal --help"`
}

async function assertPortsFree(host: string, ports: readonly number[]): Promise<void> {
  for (const port of ports) {
    await new Promise<void>((resolve, reject) => {
      const probe = createServer()
      probe.once('error', () => reject(new AppError('PORT_IN_USE', `Port ${port} on ${host} is taken; this testnet needs ${ports[0]}–${ports.at(-1)}. Stop what uses it or choose another with --port.`, { port })))
      probe.listen(port, host, () => probe.close(() => resolve()))
    })
  }
}

function waitForStop(): { readonly promise: Promise<void>; readonly request: () => void } {
  let request: () => void = () => {}
  const promise = new Promise<void>((resolve) => {
    request = resolve
  })
  process.on('SIGINT', request)
  process.on('SIGTERM', request)
  return { promise, request }
}

/** The little console: start, stop and list the processes. */
function readCommands(processes: readonly ManagedProcess[], quit: () => void): ReturnType<typeof createInterface> {
  const terminal = createInterface({ input: process.stdin })
  const find = (name: string | undefined): ManagedProcess | null =>
    processes.find((managed) => managed.name === name || managed.name === `validator-${name}`) ?? null
  terminal.on('line', (line) => {
    const [command = '', name] = line.trim().split(/\s+/)
    const target = find(name)
    if (command === '') return
    if (command === 'quit' || command === 'exit') quit()
    else if (command === 'status') {
      for (const managed of processes) console.log(`${managed.name.padEnd(14)} ${managed.running ? `running, pid ${managed.pid}` : 'stopped'}`)
    } else if ((command === 'start' || command === 'stop') && target !== null) {
      if (command === 'start') target.start()
      else void target.stop().then(() => console.log(`${target.name} stopped`))
    } else if (command === 'start' || command === 'stop') {
      console.log(`${command} what? Known: ${processes.map((managed) => managed.name.replace('validator-', '')).join(', ')}.`)
    } else console.log('Commands: status, start N, stop N, quit (N: a validator’s number, or gateway).')
  })
  return terminal
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const { code, message } = errorInfo(error)
    console.error(`${code}: ${message}`)
    process.exit(code.startsWith('FLAG_') ? 2 : 1)
  },
)
