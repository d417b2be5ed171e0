/**
 * A process to be killed: commits blocks and appends votes to the store at argv[2] as fast as it can, and names on standard
 * output what has been acknowledged.
 */
import { writeSync } from 'node:fs'
import { utf8Bytes } from '../../codec/index.ts'
import { openSqliteStorage } from '../sqlite.ts'
import { blockAt, counter, WORLD } from './blocks.ts'

const PADDING = new Uint8Array(20_000).fill(1)

const store = await openSqliteStorage({ path: process.argv[2]!, world_id: WORLD })
for (let height = ((await store.head())?.height ?? 0) + 1; ; height++) {
  await store.walAppend(height, utf8Bytes(`vote ${height}`))
  writeSync(1, `vote ${height}\n`)
  const writes = [counter(height), { key: 'padding', value: PADDING }, { key: `entry/${height % 50}`, value: utf8Bytes(String(height)) }]
  await store.commitBlock({ ...blockAt(height, writes), blobs: [{ bytes: utf8Bytes(`blob ${height}`), pin: 'test' }] })
  writeSync(1, `block ${height}\n`)
}
