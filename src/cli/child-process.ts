import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'

/** A process gets this long to write what it has and leave; then it is killed. */
const STOP_TIMEOUT_MS = 10_000

export interface ManagedProcess {
  readonly name: string
  start(): void
  stop(): Promise<void>
  readonly running: boolean
  readonly pid: number | null
  readonly ready: boolean
}

export interface ManagedProcessInit {
  readonly name: string
  readonly script: string
  readonly args: readonly string[]
  /** Its output goes to `log.txt` there. */
  readonly directory: string
  readonly onReady: () => void
  /** It ended without being asked to. `reason` is for people; `lastLines` is the end of its output. */
  readonly onLost: (reason: string, lastLines: string) => void
}

const LAST_BYTES = 2_000

/** One process of the testnet: started, watched, stopped; never restarted behind the user's back. */
export function manageProcess(init: ManagedProcessInit): ManagedProcess {
  let child: ChildProcess | null = null
  let ready = false
  let stopping = false
  let ended: Promise<void> = Promise.resolve()

  return {
    name: init.name,
    get running() {
      return child !== null
    },
    get pid() {
      return child?.pid ?? null
    },
    get ready() {
      return ready
    },
    start() {
      if (child !== null) return
      stopping = false
      ready = false
      const started = fork(init.script, init.args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: ['--disable-warning=ExperimentalWarning'], detached: false })
      child = started
      const log = createWriteStream(join(init.directory, 'log.txt'), { flags: 'a' })
      let tail = ''
      for (const stream of [started.stdout, started.stderr]) {
        stream?.on('data', (chunk: Buffer) => {
          log.write(chunk)
          tail = (tail + chunk.toString('utf8')).slice(-LAST_BYTES)
        })
      }
      started.on('message', () => {
        ready = true
        init.onReady()
      })
      ended = new Promise((resolve) => {
        started.once('exit', (code, signal) => {
          child = null
          ready = false
          log.end()
          if (!stopping) init.onLost(signal === null ? `ended with exit code ${code}` : `was killed by ${signal}`, tail.trim())
          resolve()
        })
      })
    },
    async stop() {
      if (child === null) return
      stopping = true
      const target = child
      target.kill('SIGTERM')
      const timer = setTimeout(() => target.kill('SIGKILL'), STOP_TIMEOUT_MS)
      await ended
      clearTimeout(timer)
    },
  }
}
