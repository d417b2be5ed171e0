import { AppError } from '../../codec/index.ts'
import { openIndexedDbStorage, requestPersistence } from '../../storage/browser.ts'
import { openMemoryStorage } from '../../storage/index.ts'
import type { NodeStorage } from '../../storage/index.ts'

export interface OpenedStorage {
  readonly storage: NodeStorage
  /** Whether the browser promised to keep it; false for memory. */
  readonly persistent: boolean
  /** Why nothing is kept; null where something is. */
  readonly warning: string | null
}

/**
 * The store of a world in this browser, one database a world; the genesis hash in the id keeps worlds of one name apart. Where the
 * browser allows none (private windows, blocked site data), memory serves until the page closes. Throws `STORAGE_LOCKED` when another
 * tab has it open, and what else storage refuses: that is not for a second, empty store to hide.
 */
export async function openPageStorage(world_id: string): Promise<OpenedStorage> {
  try {
    const storage = await openIndexedDbStorage({ name: `agent-world/${world_id}`, world_id })
    return { storage, persistent: await isPersistent(), warning: null }
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'STORAGE_UNAVAILABLE') throw error
    return { storage: await openMemoryStorage({ world_id }), persistent: false, warning: error.message }
  }
}

/** Asks the browser not to evict the stored world; the answer is shown, not relied on. */
async function isPersistent(): Promise<boolean> {
  try {
    return (await navigator.storage.persisted()) || (await requestPersistence())
  } catch {
    return false
  }
}
