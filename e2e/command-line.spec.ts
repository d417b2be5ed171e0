import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from '@playwright/test'
import { Testnet } from './support/testnet.ts'

interface Outcome {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

test.describe('npm start on the command line', () => {
  let directory: string
  test.beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'aw-command-'))
  })
  test.afterEach(() => Testnet.disposeAll())
  test.afterAll(() => rmSync(directory, { recursive: true, force: true }))

  const run = (...args: readonly string[]): Outcome => spawnSync(process.execPath, [resolve('src/cli/testnet.ts'), ...args], { encoding: 'utf8', timeout: 60_000 })

  const bad: readonly (readonly [readonly string[], RegExp])[] = [
    [['--ports', '9000'], /FLAG_UNKNOWN: "--ports" is not understood.*--port/],
    [['extra'], /FLAG_UNKNOWN: "extra" is not understood/],
    [['--port', 'http'], /FLAG_VALUE: --port takes a whole number from 1024 to 65000; "http" is not that/],
    [['--port', '80'], /FLAG_VALUE: --port takes a whole number from 1024 to 65000; "80" is not that/],
    [['--validators', '0'], /FLAG_VALUE: --validators takes a whole number from 1 to 32; "0" is not that/],
    [['--agents', '1.5'], /FLAG_VALUE: --agents takes a whole number from 0 to 100000; "1.5" is not that/],
    [['--scenario', 'moon'], /FLAG_VALUE: --scenario takes one of belt-small, belt-large; "moon" is not that/],
    [['--block-interval-ms', '1'], /FLAG_VALUE: --block-interval-ms takes a whole number from 100 to 60000; "1" is not that/],
    [['--data'], /FLAG_VALUE: --data needs a value/],
    [['--data', ''], /FLAG_VALUE: --data takes a text/],
    [['--no-bots=yes'], /FLAG_VALUE: --no-bots takes no value/],
    [['--host', 'localhost'], /FLAG_VALUE: --host takes an IPv4 address such as 127\.0\.0\.1 or 0\.0\.0\.0; "localhost" is not that/],
  ]
  for (const [args, says] of bad) {
    test(`names what is wrong with ${args.join(' ')}`, () => {
      const { status, stderr, stdout } = run(...args)
      expect(stderr).toMatch(says)
      expect(stderr.trim().split('\n'), 'one line, no stack').toHaveLength(1)
      expect(stdout).toBe('')
      expect(status).toBe(2)
    })
  }

  test('explains every option with --help', () => {
    const { status, stdout } = run('--help')
    expect(status).toBe(0)
    for (const flag of ['--port P', '--data DIR', '--validators N', '--agents N', '--scenario', '--block-interval-ms N', '--no-bots', '--help']) expect(stdout).toContain(flag)
  })

  test('says which port is taken and touches nothing', async () => {
    const taken = await occupy()
    const data = join(directory, 'never-made')
    try {
      const { port } = taken.address() as AddressInfo
      const { status, stderr } = run('--port', String(port - 3), '--data', data)
      expect(stderr).toMatch(new RegExp(`^PORT_IN_USE: Port ${port} on 127\\.0\\.0\\.1 is taken; this testnet needs ${port - 3}–${port + 2}\\. .*--port`))
      expect(status).toBe(1)
      expect(existsSync(data)).toBe(false)
    } finally {
      taken.close()
    }
  })

  test('stops every process with Ctrl-C, and refuses other choices for a world that exists', async () => {
    const data = join(directory, 'world')
    const testnet = await Testnet.start({ data, args: ['--validators', '2', '--no-bots'] })
    const pids = await Promise.all(['validator-1', 'validator-2', 'gateway'].map((name) => testnet.pid(name)))
    expect(pids.every(isAlive)).toBe(true)
    const { world_id } = await testnet.advance(2)
    await testnet.interrupt()
    expect(pids.filter(isAlive)).toEqual([])

    const files = readdirSync(data).sort()
    const genesis = readFileSync(join(data, 'genesis.cbor'))
    const other = run('--port', String(testnet.port), '--data', data, '--validators', '3')
    expect(other.stderr).toMatch(/^WORLD_DIFFERS: .* holds a world of scenario belt-small with 2 validators\. Start it with --scenario belt-small --validators 2, or make a new one with --data/)
    expect(other.status).toBe(1)
    expect(readdirSync(data).sort()).toEqual(files)
    expect(readFileSync(join(data, 'genesis.cbor')).equals(genesis)).toBe(true)

    await testnet.launch()
    expect((await testnet.advance(1)).world_id).toBe(world_id)
    await testnet.dispose()
  })

  test('leaves no process behind when it is killed', async () => {
    const testnet = await Testnet.start({ args: ['--validators', '1', '--no-bots'] })
    const pids = await Promise.all(['validator-1', 'gateway'].map((name) => testnet.pid(name)))
    await testnet.kill9()
    await expect.poll(() => pids.filter(isAlive), { timeout: 20_000 }).toEqual([])
    await testnet.dispose()
  })

  test('refuses a second start in a directory that is in use', async () => {
    const data = join(directory, 'busy')
    const testnet = await Testnet.start({ data, args: ['--validators', '1', '--no-bots'] })
    const second = spawn(process.execPath, [resolve('src/cli/testnet.ts'), '--port', String(testnet.port + 6), '--data', data, '--validators', '1', '--no-bots'], { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [second.stdout, second.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    const outcome = await Promise.race([
      new Promise<number | null>((ended) => second.once('exit', ended)),
      new Promise<'ready'>((ready) => second.stdout.on('data', () => { if (/ready after/.test(output)) ready('ready') })),
    ])
    if (outcome === 'ready') second.kill('SIGINT')
    expect(output).toMatch(/^DATA_IN_USE: .* is in use by another testnet\. Stop that one, or choose another directory with --data\.\n$/)
    expect(outcome).toBe(1)
    await testnet.advance(2)
    await testnet.dispose()
  })
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function occupy(): Promise<Server> {
  const server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return server
}
