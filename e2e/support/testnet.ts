import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export interface ValidatorRow {
  readonly validator_id: string
  readonly stake: number
  readonly height: number | null
  readonly peers: number | null
  readonly up: boolean
}

export interface StatusAnswer {
  readonly world_id: string
  readonly height: number
  readonly state_root: string
  readonly head_age_ms: number | null
  readonly validators: readonly ValidatorRow[]
}

export interface TestnetOptions {
  /** Milliseconds; slow enough that four validators and a browser on two cores keep up. */
  readonly blockIntervalMs?: number
  readonly args?: readonly string[]
  /** Kept when given; else a new directory that `dispose` removes. */
  readonly data?: string
}

const START_TIMEOUT_MS = 120_000

/** The real `npm start` as a user runs it, in a directory of its own. */
export class Testnet {
  readonly data: string
  readonly blockIntervalMs: number
  readonly url: string
  readonly port: number
  output = ''
  private process: ChildProcess | null = null
  private readonly ownsData: boolean
  private readonly args: readonly string[]

  private static readonly running = new Set<Testnet>()

  private constructor(port: number, options: TestnetOptions) {
    this.port = port
    this.url = `http://127.0.0.1:${port}/`
    this.blockIntervalMs = options.blockIntervalMs ?? 1_000
    this.ownsData = options.data === undefined
    this.data = options.data ?? mkdtempSync(join(tmpdir(), 'aw-testnet-'))
    this.args = options.args ?? []
  }

  static async start(options: TestnetOptions = {}): Promise<Testnet> {
    const testnet = new Testnet(await freePorts(12), options)
    Testnet.running.add(testnet)
    try {
      await testnet.launch()
    } catch (error) {
      await testnet.dispose()
      throw error
    }
    return testnet
  }

  /** Starts the processes (again) and waits until the page's address is printed. */
  async launch(): Promise<void> {
    const child = spawn(process.execPath, [
      resolve('src/cli/testnet.ts'), '--port', String(this.port), '--data', this.data, '--block-interval-ms', String(this.blockIntervalMs), ...this.args,
    ], { stdio: ['pipe', 'pipe', 'pipe'] })
    this.process = child
    this.output = ''
    child.stdout!.on('data', (chunk: Buffer) => (this.output += chunk.toString()))
    child.stderr!.on('data', (chunk: Buffer) => (this.output += chunk.toString()))
    await this.printed(/ready after/, START_TIMEOUT_MS)
  }

  /** Resolves when the output matches; rejects when the process ends first. */
  printed(pattern: RegExp, timeoutMs = 30_000): Promise<void> {
    const child = this.process!
    return new Promise((resolvePrinted, reject) => {
      const check = (): void => {
        if (pattern.test(this.output)) done(resolvePrinted)
      }
      const done = (settle: () => void): void => {
        clearTimeout(timer)
        child.stdout!.off('data', check)
        child.off('exit', ended)
        settle()
      }
      const ended = (): void => done(() => reject(new Error(`the testnet ended before printing ${pattern}:\n${this.output}`)))
      const timer = setTimeout(() => done(() => reject(new Error(`no ${pattern} within ${timeoutMs} ms:\n${this.output}`))), timeoutMs)
      child.stdout!.on('data', check)
      child.once('exit', ended)
      check()
    })
  }

  async status(): Promise<StatusAnswer> {
    return (await fetch(`${this.url}status`)).json() as Promise<StatusAnswer>
  }

  /** Asks for the status until `wanted` holds. */
  async until(wanted: (status: StatusAnswer) => boolean, what: string, timeoutMs = 60_000): Promise<StatusAnswer> {
    const deadline = Date.now() + timeoutMs
    for (;;) {
      const status = await this.status()
      if (wanted(status)) return status
      if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms; status ${JSON.stringify(status)}\n${this.output}`)
      await new Promise((tick) => setTimeout(tick, 100))
    }
  }

  /** Waits for `blocks` more blocks than now. */
  async advance(blocks: number, timeoutMs = 60_000): Promise<StatusAnswer> {
    const { height } = await this.status()
    return this.until((status) => status.height >= height + blocks, `${blocks} more blocks after ${height}`, timeoutMs)
  }

  /** Types a line into the testnet's console. */
  command(line: string): void {
    this.process!.stdin!.write(`${line}\n`)
  }

  /** Process id of a process of the testnet, as soon as it is up. */
  async pid(name: string): Promise<number> {
    const isUp = new RegExp(`${name} is up \\(pid (\\d+)\\)`, 'g')
    await this.printed(new RegExp(isUp.source), START_TIMEOUT_MS)
    return Number([...this.output.matchAll(isUp)].at(-1)![1])
  }

  /** Kills a process the hard way and waits until the testnet has noticed. */
  async kill(name: string): Promise<void> {
    process.kill(await this.pid(name), 'SIGKILL')
    await this.printed(new RegExp(`${name} was killed by SIGKILL`))
    this.output = this.output.replaceAll(`${name} was killed by SIGKILL`, `${name} (killed)`)
  }

  /** Starts a stopped validator and waits until it is up. */
  async revive(number: number): Promise<void> {
    const name = `validator-${number}`
    this.output = this.output.replaceAll(`${name} is up`, `${name} was up`)
    this.command(`start ${number}`)
    await this.printed(new RegExp(`${name} is up`), START_TIMEOUT_MS)
  }

  /** Ctrl-C. */
  async interrupt(): Promise<void> {
    const child = this.process
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise<void>((resolveEnded) => child.once('exit', () => resolveEnded()))
    child.kill('SIGINT')
    await ended
  }

  /** Kills the testnet's own process the hard way, not its children. */
  async kill9(): Promise<void> {
    const child = this.process!
    const ended = new Promise<void>((resolveEnded) => child.once('exit', () => resolveEnded()))
    child.kill('SIGKILL')
    await ended
  }

  /** Ends what a failed test left running. */
  static async disposeAll(): Promise<void> {
    await Promise.all([...Testnet.running].map((testnet) => testnet.dispose()))
  }

  async dispose(): Promise<void> {
    Testnet.running.delete(this)
    await this.interrupt()
    if (this.ownsData) rmSync(this.data, { recursive: true, force: true })
  }
}

/** First of `count` consecutive free ports. */
async function freePorts(count: number): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const first = 20_000 + Math.floor(Math.random() * 20_000)
    const free = await Promise.all(Array.from({ length: count }, (_, index) => isFree(first + index)))
    if (free.every(Boolean)) return first
  }
  throw new Error('no free ports')
}

function isFree(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const probe = createServer()
    probe.once('error', () => settle(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => settle(true)))
  })
}
