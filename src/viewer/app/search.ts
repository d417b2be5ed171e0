/** What the search box finds: names and ids this tab knows, heights, action ids. Pure. */
import { formatView } from './url.ts'
import type { View } from './url.ts'

export interface SearchHit {
  readonly kind: 'agent' | 'asteroid' | 'block' | 'factory' | 'module' | 'proposal' | 'receipt'
  readonly href: string
  /** Name or number; text of others for agents. */
  readonly title: string
  readonly detail: string
}

/** More would not be read. */
export const MAX_HITS = 12
/** A height read elsewhere may not be here yet: its page waits for the block. */
export const BLOCKS_AHEAD = 100
/** Fewer digits of a proposal id would find those of everything. */
const MIN_PREFIX = 4

/** `names` maps agent ids to names; `headHeight` bounds heights that make sense, `null` when it is not known; `proposals` are ids in the state, others are found by their whole id. */
export function search(query: string, names: ReadonlyMap<string, string>, headHeight: number | null, proposals: readonly string[] = []): SearchHit[] {
  const wanted = query.trim().toLowerCase()
  if (wanted === '') return []
  const hits: SearchHit[] = []
  const add = (kind: SearchHit['kind'], view: View, title: string, detail = ''): void => void hits.push({ kind, href: formatView(view), title, detail })
  const plain = wanted.replace(/[,\s_]/g, '')
  const hash = plain.replace(/^#?\/?proposal\//, '')
  const known = hash.length < MIN_PREFIX ? [] : proposals.filter((id) => id.startsWith(hash))
  for (const id of known) add('proposal', { page: 'proposal', id }, id)
  if (/^[0-9a-f]{64}$/.test(plain)) add('receipt', { page: 'receipt', id: plain }, plain)
  if (/^[0-9a-f]{64}$/.test(hash) && known.length === 0) add('proposal', { page: 'proposal', id: hash }, hash)
  const height = Number(plain)
  if (/^\d{1,16}$/.test(plain) && height >= 1 && height <= (headHeight === null ? Number.MAX_SAFE_INTEGER : headHeight + BLOCKS_AHEAD)) add('block', { page: 'height', height }, plain)
  if (/^\d{1,5}$/.test(plain) || /^asteroid\/\d{4,5}$/.test(plain)) {
    const number = plain.replace('asteroid/', '').padStart(4, '0')
    add('asteroid', { page: 'asteroid', id: `asteroid/${number}` }, number)
  }
  if (/^factory\/[0-9a-f]{16}$/.test(wanted)) add('factory', { page: 'factory', id: wanted }, wanted.slice('factory/'.length))
  if (/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/.test(wanted) && wanted.length <= 64) add('module', { page: 'module', id: wanted }, wanted)
  const idPart = wanted.replace(/^#?agent\//, '')
  if (/^[0-9a-f]{32}$/.test(idPart) && !names.has(`agent/${idPart}`)) add('agent', { page: 'agent', id: `agent/${idPart}`, tab: 'now', follow: false }, idPart)
  const starting: SearchHit[] = []
  const containing: SearchHit[] = []
  for (const [id, name] of names) {
    const lower = name.toLowerCase()
    const bare = id.replace('agent/', '')
    const starts = lower.startsWith(wanted) || bare.startsWith(idPart)
    if (!starts && !lower.includes(wanted)) continue
    const bucket = starts ? starting : containing
    if (bucket.length < MAX_HITS) bucket.push({ kind: 'agent', href: formatView({ page: 'agent', id, tab: 'now', follow: false }), title: name, detail: bare.slice(0, 12) })
  }
  return [...hits, ...starting, ...containing].slice(0, MAX_HITS)
}
