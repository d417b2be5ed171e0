import { AppError } from '../../codec/index.ts'

/** Origins of one node file. */
const MAX_ORIGINS = 256

/** From where this host fetches for modules: nothing that is not listed. */
export interface AllowList {
  readonly allows: (url: URL) => boolean
  /** Origins whose host is an address, or this host by name: only these may lead into private networks. */
  readonly allowsPrivate: (url: URL) => boolean
}

const HOST = /^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])$/
const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[.*\]|localhost)$/

/** `origins` as in `https://api.example.org` or `http://127.0.0.1:8080`. Throws `EFFECTS_CONFIG` naming the first that is none. */
export function createAllowList(origins: readonly string[]): AllowList {
  if (origins.length > MAX_ORIGINS) throw new AppError('EFFECTS_CONFIG', `At most ${MAX_ORIGINS} origins can be allowed.`)
  const known = new Set(origins)
  for (const origin of origins) {
    if (!isOrigin(origin)) throw new AppError('EFFECTS_CONFIG', `"${origin}" is no origin. Write scheme, host and port as in "https://api.example.org" or "http://127.0.0.1:8080", and no path.`, { origin })
  }
  const allows = ({ origin }: URL): boolean => known.has(origin)
  return { allows, allowsPrivate: (url) => allows(url) && ADDRESS.test(url.hostname) }
}

/** As `URL` writes them, so that comparing texts is enough. */
function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, origin, hostname } = new URL(text)
  return (protocol === 'https:' || protocol === 'http:') && origin === text && HOST.test(hostname)
}
