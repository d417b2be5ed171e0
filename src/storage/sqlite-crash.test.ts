import { spawn } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { utf8Bytes } from '../codec/index.ts'
import type { NodeStorage } from './types.ts'
import { blockAt, counter } from './testing/blocks.ts'
import { refusal } from './testing/harness.ts'
import { createSqlitePlace } from './testing/sqlite-place.ts'
import type { SqlitePlace } from './testing/sqlite-place.ts'

const WRITER = fileURLToPath(new URL('./testing/crash-writer.ts', import.meta.url))
/** How often the writer is killed and started again on the same file. */
const KILLS = 6

let place: SqlitePlace
beforeEach(async () => {
  place = await createSqlitePlace()
})
afterEach(() => place.remove())

/** Lets the writer acknowledge so many lines, kills it, and returns all it acknowledged up to its death. */
function writeUntilKilled(path: string, lines: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', WRITER, path], { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let errors = ''
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (output.split('\n').length > lines) child.kill('SIGKILL')
    })
    child.on('close', (_code, signal) => {
      if (signal === 'SIGKILL') resolve(output.split('\n').slice(0, -1))
      else reject(new Error(`the writer ended by itself: ${errors}`))
    })
  })
}

const lastOf = (lines: readonly string[], kind: string): number => Math.max(0, ...lines.filter((line) => line.startsWith(kind)).map((line) => Number(line.split(' ')[1])))

async function assertWhole(store: NodeStorage): Promise<number> {
  const report = await store.verify('full')
  expect(report.damaged).toEqual([])
  const height = (await store.head())?.height ?? 0
  const state = await store.readState('counter')
  expect(state === null ? 0 : Number(new TextDecoder().decode(state)), 'state and head agree').toBe(height)
  expect(await store.readCommit(height + 1), 'no block beyond the head').toBeNull()
  if (height > 0) {
    expect((await store.readCommit(height))?.block_hash).toEqual(blockAt(height).block_hash)
    expect(await store.readEvents(height)).toEqual(utf8Bytes(`events ${height}`))
  }
  return height
}

describe('a SQLite store whose process is killed', () => {
  it('has every acknowledged block and vote, and never half of one', async () => {
    let before = 0
    for (let kill = 0; kill < KILLS; kill++) {
      const lines = await writeUntilKilled(place.path, 25 + 17 * kill)
      const store = await place.open()
      const height = await assertWhole(store)
      expect(height).toBeGreaterThanOrEqual(lastOf(lines, 'block'))
      expect(height).toBeGreaterThan(before)
      const votes = (await store.walRead()).map((record) => new TextDecoder().decode(record))
      expect(votes).toContain(`vote ${lastOf(lines, 'vote')}`)
      expect(votes.length).toBeGreaterThanOrEqual(lastOf(lines, 'vote'))
      before = height
      await store.close()
    }
  })

  it('keeps other processes out while it lives and lets them in once it is dead', async () => {
    const store = await place.open()
    await store.commitBlock(blockAt(1))
    await expect(writeUntilKilled(place.path, 1)).rejects.toThrow('STORAGE_LOCKED')
    await store.close()
    await writeUntilKilled(place.path, 1)
    await (await place.open()).close()
  })
})

describe('a SQLite file whose write-ahead log is torn', () => {
  it('is the store as of some earlier commit, whole, wherever it was cut', async () => {
    const copy = await createSqlitePlace()
    const empty = await copy.open()
    await empty.close()
    const store = await place.open()
    for (let height = 1; height <= 12; height++) await store.commitBlock(blockAt(height, [counter(height), { key: 'padding', value: new Uint8Array(3000).fill(height) }]))
    const wal = readFileSync(`${place.path}-wal`)
    const main = readFileSync(place.path)
    await store.close()
    const heights: number[] = []
    for (let cut = 0; cut <= 10; cut++) {
      writeFileSync(copy.path, main)
      writeFileSync(`${copy.path}-wal`, wal)
      truncateSync(`${copy.path}-wal`, Math.floor((wal.length * cut) / 10) - (cut % 2))
      const torn = await copy.open()
      heights.push(await assertWhole(torn))
      await torn.close()
    }
    expect(heights).toEqual(heights.toSorted((a, b) => a - b))
    expect(heights[0]).toBe(0)
    expect(heights.at(-1)).toBe(12)
    expect(new Set(heights).size).toBeGreaterThan(4)
    await copy.remove()
  })

  it('drops what follows a flipped bit in the log and keeps what precedes it', async () => {
    const store = await place.open()
    for (let height = 1; height <= 8; height++) await store.commitBlock(blockAt(height))
    copyFileSync(place.path, `${place.path}.main`)
    const wal = readFileSync(`${place.path}-wal`)
    await store.close()
    wal[Math.floor(wal.length * 0.7)]! ^= 1
    copyFileSync(`${place.path}.main`, place.path)
    writeFileSync(`${place.path}-wal`, wal)
    const torn = await place.open()
    const height = await assertWhole(torn)
    expect(height).toBeGreaterThan(0)
    expect(height).toBeLessThan(8)
    await torn.commitBlock(blockAt(height + 1))
    await torn.close()
  })
})

describe('a SQLite file with damaged pages', () => {
  it('is refused or reported wherever a byte flips, and never gives wrong data', async () => {
    const store = await place.open()
    for (let height = 1; height <= 20; height++) await store.commitBlock(blockAt(height, [counter(height), { key: `entry/${height}`, value: new Uint8Array(500).fill(height) }]))
    await store.close()
    expect(existsSync(`${place.path}-wal`), 'closing folds the log into the file').toBe(false)
    const intact = readFileSync(place.path)
    let noticed = 0
    for (let i = 0; i < 40; i++) {
      const damaged = Buffer.from(intact)
      damaged[Math.floor((intact.length * (i + 0.5)) / 40)]! ^= 0x10
      writeFileSync(place.path, damaged)
      let reopened: NodeStorage | null = null
      try {
        reopened = await place.open()
        const report = await reopened.verify('full')
        if (report.damaged.length > 0) noticed++
        for (let height = 1; height <= 20; height++) {
          const commit = await reopened.readCommit(height)
          if (commit !== null) expect(commit.commit).toEqual(blockAt(height).commit)
        }
        for await (const { key, value } of reopened.stateEntries()) {
          if (key === 'counter') expect(value).toEqual(utf8Bytes('20'))
          else expect(value).toEqual(new Uint8Array(500).fill(Number(key.slice(6))))
        }
      } catch (error) {
        expect(error).toMatchObject({ code: 'STORAGE_DAMAGED' })
        noticed++
      } finally {
        await reopened?.close()
      }
    }
    expect(noticed).toBeGreaterThan(0)
  })

  it('is refused as a whole when it is no database', async () => {
    await (await place.open()).close()
    writeFileSync(place.path, 'this is not a database, whatever its name says'.repeat(100))
    expect(await refusal(() => place.open())).toBe('STORAGE_DAMAGED')
    expect(statSync(place.path).size, 'the file is left for people to look at').toBe(4600)
  })

  it('that cannot be opened says so', async () => {
    await (await place.open()).close()
    const { openSqliteStorage } = await import('./sqlite.ts')
    expect(await refusal(() => openSqliteStorage({ path: place.path.replace('world.sqlite', ''), world_id: 'w' }))).toBe('STORAGE_IO')
  })
})
