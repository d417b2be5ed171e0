import { useText } from '../index.ts'
import type { Language } from '../index.ts'
import { enGovernance } from './en.ts'
import type { GovernanceCatalog } from './en.ts'
import { zhGovernance } from './zh.ts'

export type { GovernanceCatalog } from './en.ts'

const CATALOGS: Readonly<Record<Language, GovernanceCatalog>> = { en: enGovernance, zh: zhGovernance }

/** Words of the pages about governance. */
export function useGovernanceText(): GovernanceCatalog {
  return CATALOGS[useText().language]
}
