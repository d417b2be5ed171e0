import { decodeWith, encodeCanonical, equalBytes, fromHex, schema, toHex } from '../codec/index.ts'
import type { Change } from './engine.ts'
import { StorageError } from './errors.ts'
import { hashBytes } from './hash-bytes.ts'
import { after } from './keys.ts'
import { MAX_BLOB_BYTES, MAX_PIN_CHARACTERS, MAX_PINS } from './limits.ts'
import { openRow } from './rows.ts'
import { assertBytes, putSealed } from './store-context.ts'
import type { StoreContext } from './store-context.ts'
import type { BlobInfo, EvictReport } from './types.ts'

/** Rows of blob descriptions read at a time. */
const INFO_BATCH = 1000

const infoSchema = schema.object({
  size: schema.int(0, MAX_BLOB_BYTES),
  /** Rises with every stored blob: the order of eviction. */
  sequence: schema.int(0),
  pins: schema.array(schema.text(MAX_PIN_CHARACTERS), MAX_PINS),
  /** False when the bytes were found damaged and removed; pins survive until the blob is stored again. */
  present: schema.bool(),
})

interface Info {
  readonly size: number
  readonly sequence: number
  readonly pins: readonly string[]
  readonly present: boolean
}

/** Bytes by their SHA-256, with who needs them. */
export class BlobTable {
  private sequence: number | null = null
  private readonly context: StoreContext

  constructor(context: StoreContext) {
    this.context = context
  }

  /** Changes that store `bytes`, none when they are there already with that pin. Reads outside the transaction: call within `exclusive`. */
  async changesFor(bytes: Uint8Array, pin: string | null): Promise<{ hash: Uint8Array; changes: Change[] }> {
    assertBytes(bytes, MAX_BLOB_BYTES, 'A blob')
    if (pin !== null) assertPin(pin)
    const hash = await hashBytes(bytes)
    const known = await this.info(hash)
    if (known?.present === true && (pin === null || known.pins.includes(pin))) return { hash, changes: [] }
    const info: Info = {
      size: bytes.length,
      sequence: known?.present === true ? known.sequence : await this.nextSequence(),
      pins: withPin(known?.pins ?? [], pin),
      present: true,
    }
    const changes: Change[] = [putInfo(hash, info)]
    if (known?.present !== true) changes.push({ kind: 'put', table: 'blobs', key: hash, value: bytes })
    return { hash, changes }
  }

  async get(contentHash: string): Promise<Uint8Array | null> {
    const key = keyOf(contentHash)
    this.context.assertOpen()
    const bytes = await this.context.engine.get('blobs', key)
    if (bytes === null) return null
    if (equalBytes(await hashBytes(bytes), key)) return bytes
    await this.context.exclusive(async () => {
      const again = await this.context.engine.get('blobs', key)
      if (again !== null && equalBytes(await hashBytes(again), key)) return // stored anew meanwhile
      const info = await this.info(key)
      const changes: Change[] = [{ kind: 'delete', table: 'blobs', key }]
      if (info !== null) changes.push(putInfo(key, { ...info, present: false }))
      await this.context.engine.write(changes)
    })
    this.context.emit({ kind: 'BLOB_DAMAGED', content_hash: contentHash })
    return null
  }

  async has(contentHash: string): Promise<boolean> {
    return (await this.info(keyOf(contentHash)))?.present === true
  }

  async list(): Promise<readonly BlobInfo[]> {
    const infos: BlobInfo[] = []
    for await (const { key, info } of this.infos()) {
      if (info.present) infos.push({ content_hash: toHex(key), size_bytes: info.size, pins: info.pins })
    }
    return infos
  }

  /** Changes that add (or remove) one pin. Throws `BLOB_MISSING` when a blob to pin is not there. */
  async pinChanges(contentHash: string, pin: string): Promise<Change[]> {
    assertPin(pin)
    const key = keyOf(contentHash)
    const info = await this.info(key)
    if (info?.present !== true) {
      throw new StorageError('BLOB_MISSING', 'The blob to pin is not stored. Fetch and store it first.', { content_hash: contentHash })
    }
    return info.pins.includes(pin) ? [] : [putInfo(key, { ...info, pins: withPin(info.pins, pin) })]
  }

  /** With `drop`, a blob nobody else pins goes too. */
  async unpinChanges(contentHash: string, pin: string, drop = false): Promise<Change[]> {
    const key = keyOf(contentHash)
    const info = await this.info(key)
    if (info === null || !info.pins.includes(pin)) return []
    const pins = info.pins.filter((owner) => owner !== pin)
    if (pins.length > 0 || (!drop && info.present)) return [putInfo(key, { ...info, pins })]
    return removeChanges(key)
  }

  async evict(maxBytes: number): Promise<EvictReport> {
    const loose: { key: Uint8Array; info: Info }[] = []
    let held = 0
    for await (const entry of this.infos()) {
      if (!entry.info.present) continue
      held += entry.info.size
      if (entry.info.pins.length === 0) loose.push(entry)
    }
    loose.sort((a, b) => a.info.sequence - b.info.sequence)
    const changes: Change[] = []
    const removed: string[] = []
    let bytes = 0
    for (const { key, info } of loose) {
      if (held - bytes <= maxBytes) break
      bytes += info.size
      removed.push(toHex(key))
      changes.push(...removeChanges(key))
    }
    if (changes.length > 0) await this.context.engine.write(changes)
    return { removed, bytes, left_bytes: held - bytes }
  }

  async *infos(): AsyncGenerator<{ key: Uint8Array; info: Info }> {
    let from: Uint8Array | undefined
    for (;;) {
      this.context.assertOpen()
      const rows = await this.context.engine.scan('blob_info', { from }, INFO_BATCH)
      for (const { key, value } of rows) {
        const info = decodeInfo(key, value)
        if (info !== null) yield { key, info }
      }
      if (rows.length < INFO_BATCH) return
      from = after(rows.at(-1)!.key)
    }
  }

  private async info(key: Uint8Array): Promise<Info | null> {
    this.context.assertOpen()
    const stored = await this.context.engine.get('blob_info', key)
    return stored === null ? null : decodeInfo(key, stored)
  }

  private async nextSequence(): Promise<number> {
    if (this.sequence === null) {
      this.sequence = 0
      for await (const { info } of this.infos()) this.sequence = Math.max(this.sequence, info.sequence)
    }
    return ++this.sequence
  }
}

/** A damaged description reads as none: storing the blob again writes a new one. */
function decodeInfo(key: Uint8Array, stored: Uint8Array): Info | null {
  const value = openRow('blob_info', key, stored)
  return value === null ? null : decodeWith(infoSchema, value)
}

function putInfo(key: Uint8Array, info: Info): Change {
  return putSealed('blob_info', key, encodeCanonical({ ...info }))
}

function removeChanges(key: Uint8Array): Change[] {
  return [
    { kind: 'delete', table: 'blobs', key },
    { kind: 'delete', table: 'blob_info', key },
  ]
}

function withPin(pins: readonly string[], pin: string | null): readonly string[] {
  if (pin === null || pins.includes(pin)) return pins
  if (pins.length >= MAX_PINS) throw new StorageError('STORAGE_BAD_INPUT', `A blob takes at most ${MAX_PINS} pins. Unpin it elsewhere first.`)
  return [...pins, pin]
}

function keyOf(contentHash: string): Uint8Array {
  if (typeof contentHash !== 'string' || !/^[0-9a-f]{64}$/.test(contentHash)) {
    throw new StorageError('STORAGE_BAD_INPUT', 'A content hash is 64 lowercase hex digits.')
  }
  return fromHex(contentHash)
}

function assertPin(pin: string): void {
  if (typeof pin !== 'string' || pin.length === 0 || pin.length > MAX_PIN_CHARACTERS || !pin.isWellFormed()) {
    throw new StorageError('STORAGE_BAD_INPUT', `A pin is a text of 1 to ${MAX_PIN_CHARACTERS} characters.`)
  }
}
