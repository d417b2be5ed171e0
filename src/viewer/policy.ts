/**
 * Page policy (research/ui.md §2.3): what a page of this app may load and run. One source for the built page's `<meta>`, for the HTTP server's headers
 * and for tests. Plain TypeScript: no DOM, no Node API.
 */
import { AppError } from '../codec/index.ts'
import { WORKER_POLICY_NAME } from './policy-name.ts'

export { WORKER_POLICY_NAME }

/**
 * `connect-src` of the page built for static hosting, where the addresses of nodes are not known: validators on this machine without TLS, any other with TLS.
 * A server that knows its nodes sends (and writes into the page) a narrower or different list, see `pageForServing`.
 */
export const STATIC_CONNECT: readonly string[] = ['ws://127.0.0.1:*', 'ws://localhost:*', 'wss:']

/** A CSP source that may stand in `connect-src`: scheme alone, or scheme, host and optional port. Nothing that could end the directive. */
const CONNECT_SOURCE = /^(wss:|https:|(ws|wss|http|https):\/\/(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:(\d{1,5}|\*))?)$/i
const SCRIPT_HASH = /^sha(256|384|512)-[A-Za-z0-9+/]+={0,2}$/
const META = /<meta http-equiv="Content-Security-Policy" content="([^"]*)"\s*\/?>/i

export interface PolicyInit {
  /** Sources beside 'self' that the page may open connections to, e.g. `ws://127.0.0.1:9001`. */
  readonly connect: readonly string[]
  /** Hashes of inline scripts: only the import map that carries the integrity of every script. `sha256-<base64>`. */
  readonly scriptHashes?: readonly string[]
  /** `meta` leaves out what browsers refuse in a `<meta>`. Default `header`. */
  readonly delivery?: 'header' | 'meta'
}

/** The Content-Security-Policy. Throws `POLICY_SOURCE_INVALID` for a source that does not look like one. */
export function contentSecurityPolicy({ connect, scriptHashes = [], delivery = 'header' }: PolicyInit): string {
  for (const source of connect) if (!CONNECT_SOURCE.test(source)) throw invalidSource(source)
  for (const hash of scriptHashes) if (!SCRIPT_HASH.test(hash)) throw invalidSource(hash)
  const directives = [
    "default-src 'none'",
    ["script-src 'self' 'wasm-unsafe-eval'", ...scriptHashes.map((hash) => `'${hash}'`)].join(' '),
    "style-src 'self'",
    "worker-src 'self'",
    ["connect-src 'self'", ...new Set(connect)].join(' '),
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    ...(delivery === 'header' ? ["frame-ancestors 'none'"] : []),
    "require-trusted-types-for 'script'",
    `trusted-types ${WORKER_POLICY_NAME}`,
  ]
  return directives.join('; ')
}

export interface StandaloneInit {
  /** Of the scripts that may run, `sha256-<base64>`. */
  readonly scriptHashes: readonly string[]
  readonly styleHash: string
  /** The Trusted Types policy by which one of them may add another; none by default. */
  readonly trustedTypes?: string
  readonly delivery?: 'header' | 'meta'
}

/**
 * Policy of a page that is one file: it runs the scripts and uses the one inline style with these hashes (`sha256-<base64>`), and reaches nothing, not even its own
 * origin. Throws `POLICY_SOURCE_INVALID`.
 */
export function standalonePolicy({ scriptHashes, styleHash, trustedTypes = "'none'", delivery = 'header' }: StandaloneInit): string {
  for (const hash of [...scriptHashes, styleHash]) if (!SCRIPT_HASH.test(hash)) throw invalidSource(hash)
  if (scriptHashes.length === 0) throw invalidSource('')
  return [
    "default-src 'none'",
    `script-src ${scriptHashes.map((hash) => `'${hash}'`).join(' ')}`,
    `style-src '${styleHash}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    ...(delivery === 'header' ? ["frame-ancestors 'none'"] : []),
    "require-trusted-types-for 'script'",
    `trusted-types ${trustedTypes}`,
  ].join('; ')
}

/** Headers to serve a built page of one file with: its own policy, so that it may do no more than when it is opened from a disk. */
export function headersForStandalone(html: string): Readonly<Record<string, string>> {
  const hashes = scriptHashesOf(html) // the style's is the last
  const trustedTypes = /trusted-types ([a-z-]+)/.exec(META.exec(html)?.[1] ?? '')?.[1]
  const init = { scriptHashes: hashes.slice(0, -1), styleHash: hashes.at(-1) ?? '', ...(trustedTypes === undefined ? {} : { trustedTypes }) }
  return { 'Content-Security-Policy': standalonePolicy(init), ...ISOLATION_HEADERS }
}

/** Headers for every response of the app's origin, worker scripts included: they make the page cross-origin isolated and keep it to itself. The camera is for codes of signing requests. */
export const ISOLATION_HEADERS: Readonly<Record<string, string>> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'Permissions-Policy': 'camera=(self), geolocation=(), microphone=()',
  'X-Content-Type-Options': 'nosniff',
}

/** Hashes of inline scripts that the built page's own policy allows. Empty for a page without a policy. */
export function scriptHashesOf(html: string): string[] {
  const content = META.exec(html)?.[1] ?? ''
  return [...content.matchAll(/'(sha(?:256|384|512)-[A-Za-z0-9+/]+={0,2})'/g)].map((match) => match[1]!)
}

/**
 * The built page with its `<meta>` policy rewritten for `connect`, and the headers to send with it and with everything else of the origin.
 * Browsers enforce header and `<meta>` together, so both must allow the same nodes.
 */
export function pageForServing(html: string, connect: readonly string[]): { readonly html: string; readonly headers: Readonly<Record<string, string>> } {
  const scriptHashes = scriptHashesOf(html)
  const headers = { 'Content-Security-Policy': contentSecurityPolicy({ connect, scriptHashes }), ...ISOLATION_HEADERS }
  return { html: html.replace(META, metaTag({ connect, scriptHashes })), headers }
}

/** The `<meta>` element of a policy. Sources hold no quotes or angle brackets, so nothing needs escaping. */
export function metaTag(init: PolicyInit): string {
  return `<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy({ ...init, delivery: 'meta' })}">`
}

function invalidSource(source: string): AppError {
  return new AppError('POLICY_SOURCE_INVALID', 'A page policy takes sources such as ws://127.0.0.1:9001, wss: or sha256-<base64>. Correct the address.', {
    source: source.slice(0, 120),
  })
}
