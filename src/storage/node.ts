/** The back end for Node.js; kept out of `index.ts` so that no browser bundle sees `node:sqlite`. */
export { eraseFile, replaceFile } from './durable-files.ts'
export { openNonceFiles } from './nonce-files.ts'
export { openSqliteStorage } from './sqlite.ts'
export type { SqliteStorageOptions } from './sqlite.ts'
export { openSqliteArchive } from './sqlite-archive.ts'
export type { BlockArchive } from './sqlite-archive.ts'
