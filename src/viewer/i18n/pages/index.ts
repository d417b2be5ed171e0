import { useText } from '../index.ts'
import type { Language } from '../index.ts'
import { enPages } from './en.ts'
import type { PageCatalog } from './en.ts'
import { zhPages } from './zh.ts'

export type { PageCatalog } from './en.ts'

const PAGES: Readonly<Record<Language, PageCatalog>> = { en: enPages, zh: zhPages }

/** Words of pages that are not part of the first view. */
export function usePageText(): PageCatalog {
  return PAGES[useText().language]
}
