import { decodeWith, encodeCanonical, schema } from '../codec/index.ts'
import type { Change } from './engine.ts'
import { StorageError } from './errors.ts'
import { nameKey } from './keys.ts'
import { putSealed } from './store-context.ts'
import type { StoreContext } from './store-context.ts'
import type { Damage, StorageHead } from './types.ts'

/** Rises when rows change their meaning; a store of another number is refused, never guessed at. */
export const FORMAT_VERSION = 1

const FORMAT_KEY = nameKey('format')
const HEAD_KEY = nameKey('head')

const formatSchema = schema.object({ format: schema.int(1), world_id: schema.text(128) })
const headSchema = schema.object({
  height: schema.int(1),
  block_hash: schema.fixedBytes(32),
  state_root: schema.fixedBytes(32),
  /** Which generation of the state table belongs to this head. */
  generation: schema.int(1, 0xfffffffe),
})

/**
 * Marks a new store with format and world, or refuses one that has others. A damaged mark is written anew and reported:
 * the check of the head's commit, whose header names the world, still stands behind it.
 */
export async function checkFormat(context: StoreContext): Promise<Damage | null> {
  const mark = await assertFormat(context)
  if (mark === 'ok') return null
  const bytes = encodeCanonical({ format: FORMAT_VERSION, world_id: context.world_id })
  await context.engine.write([putSealed('control', FORMAT_KEY, bytes)])
  return mark === 'damaged' ? { part: 'file', key: 'format', height: 0, reason: 'checksum' } : null
}

/** Refuses a store with the mark of another format or world, and says how the mark was found; changes nothing. */
export async function assertFormat(context: StoreContext): Promise<'ok' | 'missing' | 'damaged'> {
  const row = await context.read('file', 'control', FORMAT_KEY, 'format')
  if (row.state !== 'ok') return row.state
  const { format, world_id } = decodeWith(formatSchema, row.value)
  if (format !== FORMAT_VERSION) {
    throw new StorageError('STORAGE_FORMAT', `This store has format ${format}; this software reads ${FORMAT_VERSION}. Use the matching version, or another place.`, {
      format, expected: FORMAT_VERSION,
    })
  }
  if (world_id !== context.world_id) {
    throw new StorageError('STORAGE_WRONG_WORLD', 'This store holds another world. Use another place for this one; nothing was changed.', {
      stored: world_id, asked: context.world_id,
    })
  }
  return 'ok'
}

export interface HeadRecord {
  readonly head: StorageHead
  readonly generation: number
}

export async function readHead(context: StoreContext): Promise<HeadRecord | 'missing' | 'damaged'> {
  const row = await context.read('head', 'control', HEAD_KEY, 'head')
  if (row.state !== 'ok') return row.state
  const { generation, ...head } = decodeWith(headSchema, row.value)
  return { head, generation }
}

export function headChange(head: StorageHead, generation: number): Change {
  const { height, block_hash, state_root } = head
  return putSealed('control', HEAD_KEY, encodeCanonical({ height, block_hash, state_root, generation }))
}
