import { blockHash, decodeCommit, equalBytes, toHex } from '../codec/index.ts'
import type { BlobTable } from './blob-table.ts'
import type { BlockLog } from './block-log.ts'
import { decodeBlockRow } from './block-log.ts'
import type { Engine, Table } from './engine.ts'
import { StorageError } from './errors.ts'
import { hashBytes } from './hash-bytes.ts'
import { after, GENERATION_BYTES, numberKey, numberOfKey } from './keys.ts'
import { openRow } from './rows.ts'
import type { StoreContext } from './store-context.ts'
import type { Damage, PartName, StorageHead, StorageReport } from './types.ts'

/** Rows read at a time: few, since a row may be a full block. */
const CHECK_BATCH = 50

export interface Checked {
  readonly context: StoreContext
  readonly log: BlockLog
  readonly blobs: BlobTable
}

/** Collects what a check finds, reading rows without telling of damage as events: the report is the telling. */
class Findings {
  checked = 0
  readonly damaged: Damage[] = []

  add(part: PartName, key: string, height: number, reason: Damage['reason']): void {
    this.damaged.push({ part, key, height, reason })
  }
}

/** What every start does: the head's commit is there, decodes, and is the block the head names, of this world. */
export async function checkQuick({ context }: Checked, head: StorageHead | null): Promise<StorageReport> {
  const findings = new Findings()
  if (head !== null) await checkBlock(context, head.height, findings, head.block_hash)
  return { depth: 'quick', head, checked: findings.checked, damaged: findings.damaged }
}

/** Everything: the back end's own check, then every row of every table. */
export async function checkFull(parts: Checked, head: StorageHead | null): Promise<StorageReport> {
  const { context, log } = parts
  const findings = new Findings()
  const guard = async (task: () => Promise<void>): Promise<void> => {
    try {
      await task()
    } catch (error) {
      if (!(error instanceof StorageError) || error.code !== 'STORAGE_DAMAGED') throw error
      findings.add('file', error.message, 0, 'content')
    }
  }
  await guard(async () => {
    for (const finding of await context.engine.check()) findings.add('file', finding, 0, 'content')
  })
  await guard(async () => {
    if (head !== null && (log.last === null || head.height > log.last)) findings.add('commit', String(head.height), head.height, 'missing')
    for (let height = log.first ?? 1; height <= (log.last ?? 0); height++) {
      await checkBlock(context, height, findings, height === head?.height ? head.block_hash : null)
    }
  })
  await guard(() => checkRows(context.engine, 'state', findings, (key) => ['state', new TextDecoder().decode(key.subarray(GENERATION_BYTES)), 0]))
  await guard(() => checkRows(context.engine, 'votes', findings, (key) => ['votes', `${numberOfKey(key)}/${numberOfKey(key, 8)}`, numberOfKey(key)]))
  await guard(() => checkRows(context.engine, 'meta', findings, (key) => ['meta', new TextDecoder().decode(key), 0]))
  await guard(() => checkRows(context.engine, 'snapshots', findings, (key) => ['snapshot', String(numberOfKey(key)), numberOfKey(key)]))
  await guard(() => checkRows(context.engine, 'blob_info', findings, (key) => ['blob', toHex(key), 0]))
  await guard(() => checkBlobs(parts, findings))
  return { depth: 'full', head, checked: findings.checked, damaged: findings.damaged }
}

async function checkBlock(context: StoreContext, height: number, findings: Findings, expected: Uint8Array | null): Promise<void> {
  const key = numberKey(height)
  const name = String(height)
  const value = await checkRow(context.engine, 'commit', 'blocks', key, findings, name, height)
  if (value === null) return
  const block = decodeBlockRow(height, value)
  if (block === null || !isCommitOf(context.world_id, height, block.block_hash, block.commit) || (expected !== null && !equalBytes(block.block_hash, expected))) {
    findings.add('commit', name, height, 'content')
    return
  }
  if (block.hasEvents) await checkRow(context.engine, 'events', 'events', key, findings, name, height)
  if (block.hasReceipts) await checkRow(context.engine, 'receipts', 'receipts', key, findings, name, height)
}

function isCommitOf(worldId: string, height: number, hash: Uint8Array, encoded: Uint8Array): boolean {
  try {
    const { header } = decodeCommit(encoded).block
    return header.world_id === worldId && header.height === height && equalBytes(blockHash(header), hash)
  } catch {
    return false // whatever the decoder has against it, it is not that commit
  }
}

async function checkRow(engine: Engine, part: PartName, table: Table, key: Uint8Array, findings: Findings, name: string, height: number): Promise<Uint8Array | null> {
  findings.checked++
  const stored = await engine.get(table, key)
  const value = stored === null ? null : openRow(table, key, stored)
  if (value === null) findings.add(part, name, height, stored === null ? 'missing' : 'checksum')
  return value
}

async function checkRows(engine: Engine, table: Table, findings: Findings, describe: (key: Uint8Array) => [PartName, string, number]): Promise<void> {
  let from: Uint8Array | undefined
  for (;;) {
    const rows = await engine.scan(table, { from }, CHECK_BATCH)
    for (const { key, value } of rows) {
      findings.checked++
      if (openRow(table, key, value) === null) findings.add(...describe(key), 'checksum')
    }
    if (rows.length < CHECK_BATCH) return
    from = after(rows.at(-1)!.key)
  }
}

async function checkBlobs({ context, blobs }: Checked, findings: Findings): Promise<void> {
  for await (const { key, info } of blobs.infos()) {
    if (!info.present && info.pins.length === 0) continue
    findings.checked++
    const bytes = await context.engine.get('blobs', key)
    if (bytes === null) findings.add('blob', toHex(key), 0, 'missing')
    else if (!equalBytes(await hashBytes(bytes), key)) findings.add('blob', toHex(key), 0, 'content')
  }
}
