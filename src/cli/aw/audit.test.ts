import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recordedWorld } from '../../audit/testing/recorded-chain.ts'
import type { RecordedWorld } from '../../audit/testing/recorded-chain.ts'
import { toHex } from '../../codec/index.ts'
import { openSqliteStorage } from '../../storage/node.ts'
import { writeNodeFile } from '../node-config.ts'

const AW = join(import.meta.dirname, '..', 'aw.ts')
const folder = mkdtempSync(join(tmpdir(), 'aw-audit-'))
const data = join(folder, 'gateway')
const file = join(folder, 'audit.jsonl')
let world: RecordedWorld

interface Ended {
  readonly status: number | null
  readonly out: string
  readonly err: string
}

function aw(args: readonly string[], input = ''): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', AW, ...args])
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    child.on('error', reject)
    child.on('close', (status) => resolve({ status, out, err }))
    child.stdin.end(input)
  })
}

beforeAll(async () => {
  world = recordedWorld()
  writeNodeFile(data, { role: 'gateway', validator_id: null, genesis: '../genesis.cbor', listen: [], bootstrap: [], block_interval_ms: 1000 })
  writeFileSync(join(folder, 'genesis.cbor'), world.genesis!)
  const storage = await openSqliteStorage({ path: join(data, 'chain.db'), world_id: world.worldId })
  await world.storeIn(storage)
  await storage.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('aw audit', () => {
  it('exports a node and verifies the file down to the world id', async () => {
    const exported = await aw(['audit', 'export', '--data', data, '--out', file])
    expect(exported).toMatchObject({ status: 0, out: '', err: `6 events of ${world.worldId}\n` })
    expect(existsSync(`${file}.partial`)).toBe(false)
    const verified = await aw(['audit', 'verify', file, '--world', world.worldId])
    expect(verified).toMatchObject({ status: 0, err: '' })
    expect(verified.out).toContain(`✔ 6 events in 4 certified blocks of ${world.worldId}`)
    expect(verified.out).toContain('no event is missing between 1-0 and 4-2')
    const alone = await aw(['audit', 'verify', file])
    expect(alone.status).toBe(3)
    expect(alone.out).toContain(`◐ 6 events in 4 certified blocks of ${world.worldId}`)
    expect(alone.out).toContain('that this is the world you mean: give --world')
    expect(await aw(['audit', 'verify', file, '--world', `other.${'0'.repeat(64)}`])).toMatchObject({ status: 1, out: expect.stringContaining('line 1: WRONG_WORLD') })
    const given = await aw(['audit', 'verify', '-', '--genesis', join(folder, 'genesis.cbor'), '--json'], readFileSync(file, 'utf8'))
    expect(given.status).toBe(0)
    expect(JSON.parse(given.out)).toMatchObject({ ok: true, root: 'genesis', records: 6, proven: 6 })
  })

  it('filters, pages and writes tables to standard output', async () => {
    const page = await aw(['audit', 'export', '--data', data, '--kind', 'resource.*', '--limit', '2'])
    const cursor = /--cursor (\S+)/.exec(page.err)![1]!
    const rest = await aw(['audit', 'export', '--data', data, '--kind', 'resource.*', '--cursor', cursor])
    expect([page, rest].map(({ out }) => [...out.matchAll(/"id":"(\d+-\d+)"/g)].map((match) => match[1]))).toEqual([['2-0', '2-1'], ['4-0']])
    expect(await aw(['audit', 'export', '--data', data, '--kind', 'other', '--cursor', cursor])).toMatchObject({ status: 1, err: expect.stringMatching(/^CURSOR_INVALID: .*go on with \S+\.\n/) })
    const table = await aw(['audit', 'export', '--data', data, '--format', 'csv', '--agent', world.agents[1]!.agent_id])
    expect(table.out.split('\r\n').filter((line) => line !== '').map((line) => line.split(',')[2])).toEqual(['id', '2-0', '2-1', '4-0', '4-2'])
    expect(await aw(['audit', 'verify', '-'], table.out)).toMatchObject({ status: 1, out: expect.stringContaining('line 1: LINE_MALFORMED') })
  })

  it('names the first bad line and why', async () => {
    const tampered = join(folder, 'tampered.jsonl')
    writeFileSync(tampered, readFileSync(file, 'utf8').replace('"amount":5', '"amount":50'))
    expect(await aw(['audit', 'verify', tampered])).toMatchObject({ status: 1, out: expect.stringContaining('✖ line 5: NOT_IN_BLOCK') })
    const asJson = await aw(['audit', 'verify', tampered, '--json'])
    expect(JSON.parse(asJson.out)).toMatchObject({ ok: false, code: 'NOT_IN_BLOCK', line: 5 })
  })

  it('says what is only claimed when nothing vouches for the validators, and takes a checkpoint for them', async () => {
    const bare = join(folder, 'bare.jsonl')
    await aw(['audit', 'export', '--data', data, '--without-genesis', '--checkpoint', '1', '--out', bare])
    const unrooted = await aw(['audit', 'verify', bare])
    expect(unrooted.status).toBe(3)
    expect(unrooted.out).toContain('6 events rest on validators that only the file names')
    const hash = toHex(world.blocks[0]!.certificate.block_hash)
    expect(await aw(['audit', 'verify', bare, '--checkpoint', `${world.worldId}:1:${hash}`])).toMatchObject({ status: 0 })
    expect(await aw(['audit', 'verify', bare, '--checkpoint', `${world.worldId}:1:${'0'.repeat(64)}`])).toMatchObject({ status: 1, out: expect.stringContaining('WRONG_CHECKPOINT') })
  })

  it('refuses what it cannot do, by name', async () => {
    const refusals: readonly (readonly [readonly string[], number, RegExp])[] = [
      [[], 2, /^$/],
      [['dance'], 2, /^COMMAND_UNKNOWN: /],
      [['audit', 'dance'], 2, /^COMMAND_UNKNOWN: /],
      [['audit', 'export'], 2, /^FLAG_VALUE: --data is missing/],
      [['audit', 'export', '--data', data, '--cursor', 'x', '--from', '1'], 2, /^FLAG_VALUE: A cursor holds its range/],
      [['audit', 'export', '--data', data, '--proposal', 'abcd1234'], 2, /^FLAG_VALUE: --proposal takes a whole id/],
      [['audit', 'export', '--data', data, '--out', join(data, 'node.json')], 1, /^FILE_EXISTS: /],
      [['audit', 'export', '--data', folder], 1, /^DIRECTORY_INVALID: /],
      [['audit', 'export', '--data', data, '--out', join(folder, 'no', 'such', 'place')], 1, /^FILE_UNUSABLE: /],
      [['audit', 'verify'], 2, /^FLAG_VALUE: /],
      [['audit', 'verify', join(folder, 'none')], 1, /^FILE_UNUSABLE: /],
      [['audit', 'verify', file, '--checkpoint', 'x'], 1, /^CHECKPOINT_INVALID: /],
    ]
    const results = await Promise.all(refusals.map(([args]) => aw(args)))
    results.forEach(({ status, err }, index) => {
      expect(err, refusals[index]![0].join(' ')).toMatch(refusals[index]![2])
      expect(status, refusals[index]![0].join(' ')).toBe(refusals[index]![1])
    })
  })

  it('refuses a node that is running', async () => {
    const storage = await openSqliteStorage({ path: join(data, 'chain.db'), world_id: world.worldId })
    expect(await aw(['audit', 'export', '--data', data])).toMatchObject({ status: 1, out: '', err: expect.stringMatching(/^STORAGE_LOCKED: .*Export from the page that it serves, or stop this node alone, such as the gateway/) })
    await storage.close()
  })
})
