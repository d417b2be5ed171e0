/** Which refusals are worth a word on every page: those that say somebody sent something wrong. */
import type { RefusalNotice } from '../../node/index.ts'

/** A peer that is slow or gone, not one that lies. These stand in the table of the network page only. */
const MISFORTUNES: ReadonlySet<string> = new Set(['TIMEOUT', 'TRUNCATED'])

export const isWrongdoing = ({ code }: Pick<RefusalNotice, 'code'>): boolean => !MISFORTUNES.has(code)
