/** The URL is the state of the view: one typed codec between the location hash and what the page shows. */

/** In the order of the navigation. */
export const PAGES = ['world', 'events', 'economy', 'modules', 'governance', 'network', 'ledger', 'act', 'about'] as const
export type Page = (typeof PAGES)[number] | 'keys'

export interface EventFilter {
  /** Event family or exact kind; empty for all. */
  readonly kind: string
  readonly agent: string
  readonly text: string
}

export type InspectorTab = 'now' | 'events' | 'raw' | 'proof'

export type View =
  | { readonly page: 'world' }
  | { readonly page: 'agent'; readonly id: string; readonly tab: InspectorTab; readonly follow: boolean }
  | { readonly page: 'asteroid'; readonly id: string }
  | { readonly page: 'factory'; readonly id: string }
  | { readonly page: 'events'; readonly filter: EventFilter }
  | { readonly page: 'economy' }
  | { readonly page: 'modules' }
  /** A module by its id, such as `m1.rule.move`. */
  | { readonly page: 'module'; readonly id: string }
  | { readonly page: 'governance' }
  /** Id of a proposal: 64 hex digits. */
  | { readonly page: 'proposal'; readonly id: string }
  | { readonly page: 'keys' }
  | { readonly page: 'network' }
  | { readonly page: 'ledger' }
  | { readonly page: 'height'; readonly height: number }
  | { readonly page: 'receipt'; readonly id: string }
  | { readonly page: 'act' }
  | { readonly page: 'about' }
  | { readonly page: 'missing'; readonly path: string }

export const NO_FILTER: EventFilter = { kind: '', agent: '', text: '' }

/** Longest filter kept in a URL. */
const MAX_FILTER = 80
const AGENT = /^[0-9a-f]{32}$/
const ASTEROID = /^\d{1,6}$/
const FACTORY = /^[0-9a-f]{16}$/
const MODULE = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/
const MAX_MODULE = 64
const HASH = /^[0-9a-f]{64}$/
const HEIGHT = /^[1-9]\d{0,15}$/
/** Pages whose view is their name alone. */
const PLAIN = ['economy', 'modules', 'governance', 'keys', 'network', 'ledger', 'act', 'about'] as const
const TABS: readonly string[] = ['now', 'events', 'raw', 'proof']

/** Reads a location hash such as `#/agent/<id>?tab=raw`. Anything it does not know is `missing`, never an exception. */
export function parseView(hash: string): View {
  const [path = '', search = ''] = hash.replace(/^#/, '').split('?', 2)
  const parts = path.split('/').filter((part) => part !== '')
  const query = new URLSearchParams(search)
  const [first, second, third] = parts
  const missing: View = { page: 'missing', path: path.slice(0, 200) }
  if (parts.length === 0) return { page: 'world' }
  if (first === 'agent' && parts.length === 2 && AGENT.test(second!)) {
    const tab = query.get('tab') ?? 'now'
    return { page: 'agent', id: `agent/${second!}`, tab: (TABS.includes(tab) ? tab : 'now') as InspectorTab, follow: query.get('follow') === '1' }
  }
  if (first === 'asteroid' && parts.length === 2 && ASTEROID.test(second!)) return { page: 'asteroid', id: `asteroid/${second!}` }
  if (first === 'factory' && parts.length === 2 && FACTORY.test(second!)) return { page: 'factory', id: `factory/${second!}` }
  if (first === 'module' && parts.length === 2 && second!.length <= MAX_MODULE && MODULE.test(second!)) return { page: 'module', id: second! }
  if (first === 'ledger' && second === 'height' && parts.length === 3) {
    return HEIGHT.test(third!) && Number.isSafeInteger(Number(third)) ? { page: 'height', height: Number(third) } : missing
  }
  if (first === 'receipt' && parts.length === 2 && HASH.test(second!)) return { page: 'receipt', id: second! }
  if (first === 'proposal' && parts.length === 2 && HASH.test(second!)) return { page: 'proposal', id: second! }
  if (parts.length !== 1) return missing
  if (first === 'events') {
    const field = (name: string): string => (query.get(name) ?? '').slice(0, MAX_FILTER)
    return { page: 'events', filter: { kind: field('kind'), agent: field('agent'), text: field('q') } }
  }
  const plain = PLAIN.find((page) => page === first)
  return plain === undefined ? missing : { page: plain }
}

/** The location hash of a view; `parseView(formatView(view))` gives the same view. */
export function formatView(view: View): string {
  switch (view.page) {
    case 'world': return '#/'
    case 'agent': {
      const query = new URLSearchParams()
      if (view.tab !== 'now') query.set('tab', view.tab)
      if (view.follow) query.set('follow', '1')
      return withQuery(`#/${view.id}`, query)
    }
    case 'asteroid': case 'factory': return `#/${view.id}`
    case 'module': case 'proposal': return `#/${view.page}/${view.id}`
    case 'events': {
      const query = new URLSearchParams()
      if (view.filter.kind !== '') query.set('kind', view.filter.kind)
      if (view.filter.agent !== '') query.set('agent', view.filter.agent)
      if (view.filter.text !== '') query.set('q', view.filter.text)
      return withQuery('#/events', query)
    }
    case 'height': return `#/ledger/height/${view.height}`
    case 'receipt': return `#/receipt/${view.id}`
    case 'missing': return `#${view.path}`
    default: return `#/${view.page}`
  }
}

/** Which entry of the navigation a view belongs to. */
export function pageOf(view: View): Page | null {
  switch (view.page) {
    case 'agent': case 'asteroid': case 'factory': return 'world'
    case 'module': return 'modules'
    case 'proposal': return 'governance'
    case 'height': case 'receipt': return 'ledger'
    case 'missing': return null
    default: return view.page
  }
}

export const viewOfPage = (page: Page): View => (page === 'events' ? { page, filter: NO_FILTER } : { page })
export const agentView = (id: string, tab: InspectorTab = 'now', follow = false): View => ({ page: 'agent', id, tab, follow })

function withQuery(path: string, query: URLSearchParams): string {
  const text = query.toString()
  return text === '' ? path : `${path}?${text}`
}
