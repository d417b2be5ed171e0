import { useText } from '../index.ts'
import type { Language } from '../index.ts'
import { enDesk } from './en.ts'
import type { DeskCatalog } from './en.ts'
import { zhDesk } from './zh.ts'

export type { DeskCatalog } from './en.ts'

const DESK: Readonly<Record<Language, DeskCatalog>> = { en: enDesk, zh: zhDesk }

/** Words of keys and signing: loaded with them, not with the first view. */
export function useDeskText(): DeskCatalog {
  return DESK[useText().language]
}
