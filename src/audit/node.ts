/** Door for Node: the part of the export that opens files. Kept out of `index.ts` so that no browser bundle sees it. */
export { openDirectorySource } from './directory-source.ts'
