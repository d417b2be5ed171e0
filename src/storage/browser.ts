/** The back end for browsers; kept out of `index.ts` so that Node.js never loads it. */
export { openIndexedDbStorage } from './indexeddb.ts'
export type { IndexedDbStorageOptions } from './indexeddb.ts'
export { openNonceDatabase } from './nonce-database.ts'
export { requestPersistence } from './persistence.ts'
