import { lookup as lookupHost } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { request as requestHttp } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP } from 'node:net'
import { sha256 } from '../../codec/index.ts'
import type { EffectReceipt, Value } from '../../codec/index.ts'
import { MAX_FETCHED_BYTES } from '../../world/index.ts'
import type { HttpFetched } from '../../world/index.ts'
import type { AllowList } from './allow-list.ts'
import { isPrivateAddress } from './private-address.ts'

/** Milliseconds for everything, redirects included; a block or two, well below what an effect waits. */
export const FETCH_TIMEOUT_MS = 10_000
const MAX_REDIRECTS = 3

export interface HttpFetchInit {
  readonly allow: AllowList
  /** Default `FETCH_TIMEOUT_MS`. */
  readonly timeoutMs?: number
  /** Default the resolver of this host. */
  readonly lookup?: LookupFunction
}

/** What came of a request. A later try may bring another outcome where `final` is false. */
export interface FetchOutcome extends Pick<EffectReceipt, 'status' | 'payload'> {
  readonly final: boolean
}

const failed = (status: string, final: boolean): FetchOutcome => ({ status, payload: null, final })
class Refused extends Error {
  readonly status: string

  constructor(status: string) {
    super(status)
    this.status = status
  }
}

/**
 * Fetches one document by GET from an allowed origin, without cookies, credentials or a proxy. Never throws: `ok`, or `not_allowed`,
 * `private_address`, `redirected` (elsewhere, or too often), `too_large`, `timed_out`, `unreachable`.
 */
export async function fetchDocument(text: string, init: HttpFetchInit): Promise<FetchOutcome> {
  const signal = AbortSignal.timeout(init.timeoutMs ?? FETCH_TIMEOUT_MS)
  try {
    let url = parsed(text)
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      if (url === null || !init.allow.allows(url)) return failed('not_allowed', true)
      const response = await responseTo(url, init, signal)
      const next = redirectOf(response, url)
      if (next === null) return { status: 'ok', payload: (await read(response)) as unknown as Value, final: true }
      response.destroy()
      if (next.origin !== url.origin) return failed('redirected', true)
      url = next
    }
    return failed('redirected', true)
  } catch (error) {
    if (error instanceof Refused) return failed(error.status, true)
    return failed(signal.aborted ? 'timed_out' : 'unreachable', false)
  }
}

/** Null where the text means something else to `URL` than it says. */
function parsed(text: string): URL | null {
  return URL.canParse(text) && new URL(text).href === text ? new URL(text) : null
}

function responseTo(url: URL, { allow, lookup = lookupHost }: HttpFetchInit, signal: AbortSignal): Promise<IncomingMessage> {
  const mayBePrivate = allow.allowsPrivate(url)
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp
    const request = send(url, {
      method: 'GET', signal, agent: false, maxHeaderSize: 16 << 10, lookup: mayBePrivate ? lookup : publicOnly(lookup),
      headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'agent-world-effects/1' },
    })
    request.on('response', resolve)
    request.on('error', reject)
    request.end()
  })
}

/** The addresses that are connected to are those that were looked at: a name cannot mean another one a moment later. */
function publicOnly(lookup: LookupFunction): LookupFunction {
  return (hostname, options, done) => lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return done(error, [])
    const list = typeof addresses === 'string' ? [{ address: addresses, family: isIP(addresses) }] : addresses
    if (list.length === 0 || list.some(({ address }) => isPrivateAddress(address))) return done(new Refused('private_address'), [])
    if (options.all === true) return done(null, list)
    return done(null, list[0]!.address, list[0]!.family)
  })
}

/** Where an answer leads, null when it is one itself; what cannot be read leads elsewhere. */
function redirectOf({ statusCode, headers }: IncomingMessage, from: URL): URL | null {
  if (![301, 302, 303, 307, 308].includes(statusCode!) || headers.location === undefined) return null
  if (!URL.canParse(headers.location, from)) return new URL('null:')
  const to = new URL(headers.location, from)
  to.hash = ''
  return to
}

async function read(response: IncomingMessage): Promise<HttpFetched> {
  if (Number(response.headers['content-length'] ?? 0) > MAX_FETCHED_BYTES) {
    response.destroy()
    throw new Refused('too_large')
  }
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    length += chunk.length
    if (length > MAX_FETCHED_BYTES) throw new Refused('too_large') // leaving the loop ends the connection
    chunks.push(chunk)
  }
  const body = new Uint8Array(Buffer.concat(chunks))
  return { http_status: statusOf(response), content_type: readable(response.headers['content-type']), body, body_hash: sha256(body) }
}

function statusOf({ statusCode = 0 }: IncomingMessage): number {
  if (statusCode < 100 || statusCode > 599) throw new Refused('unreachable')
  return statusCode
}

function readable(header: string | undefined): string | null {
  return header !== undefined && /^[ -~]{1,128}$/.test(header) ? header : null
}
