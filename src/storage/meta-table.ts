import { StorageError } from './errors.ts'
import { nameKey } from './keys.ts'
import { MAX_META_BYTES } from './limits.ts'
import { assertBytes, putSealed } from './store-context.ts'
import type { StoreContext } from './store-context.ts'

const META_NAME = /^[a-z0-9._-]{1,64}$/

/** Small values by name: settings and notes of the node. */
export class MetaTable {
  private readonly context: StoreContext

  constructor(context: StoreContext) {
    this.context = context
  }

  async get(name: string): Promise<Uint8Array | null> {
    assertMetaName(name)
    const row = await this.context.read('meta', 'meta', nameKey(name), name)
    return row.state === 'ok' ? row.value : null
  }

  async set(name: string, value: Uint8Array | null): Promise<void> {
    assertMetaName(name)
    if (value !== null) assertBytes(value, MAX_META_BYTES, `The value of "${name}"`)
    const key = nameKey(name)
    await this.context.engine.write([value === null ? { kind: 'delete', table: 'meta', key } : putSealed('meta', key, value)])
  }
}

function assertMetaName(name: unknown): asserts name is string {
  if (typeof name !== 'string' || !META_NAME.test(name)) {
    throw new StorageError('STORAGE_BAD_INPUT', 'A name is 1 to 64 characters of a-z, 0-9, ".", "_" and "-".')
  }
}
