import { deleteDB } from 'idb'
import { openNonceDatabase } from '../nonce-database.ts'
import { describeNonceStore } from './nonce-suite.ts'

let databases = 0

export function describeNonceDatabase(name: string): void {
  describeNonceStore(name, async () => {
    const database = `nonces ${++databases}`
    const opened: { close: () => void }[] = []
    return {
      open: async () => {
        const store = await openNonceDatabase(database)
        opened.push(store)
        return store
      },
      remove: async () => {
        for (const store of opened) store.close()
        await deleteDB(database)
      },
    }
  })
}
