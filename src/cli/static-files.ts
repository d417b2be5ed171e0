import { createReadStream, existsSync, statSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, normalize, sep } from 'node:path'

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8', '.html': 'text/html; charset=utf-8', '.ico': 'image/x-icon', '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8', '.map': 'application/json; charset=utf-8', '.png': 'image/png', '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8', '.wasm': 'application/wasm', '.webmanifest': 'application/manifest+json',
}

/** Path of the file a request names inside `root`, or null for anything that is not a file there. */
export function resolveStatic(root: string, pathname: string): string | null {
  let decoded: string
  try {
    decoded = decodeURIComponent(pathname)
  } catch {
    return null
  }
  if (decoded.includes('\0')) return null
  const path = normalize(join(root, decoded.endsWith('/') ? `${decoded}index.html` : decoded))
  if (!path.startsWith(root.endsWith(sep) ? root : root + sep)) return null
  return existsSync(path) && statSync(path).isFile() ? path : null
}

/** Sends a built file. Hashed assets never change, so browsers may keep them; everything else is asked for again. */
export function sendFile(path: string, request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Content-Type', TYPES[extname(path)] ?? 'application/octet-stream')
  response.setHeader('Content-Length', statSync(path).size)
  response.setHeader('Cache-Control', path.includes(`${sep}assets${sep}`) ? 'public, max-age=31536000, immutable' : 'no-cache')
  response.writeHead(200)
  if (request.method === 'HEAD') response.end()
  else createReadStream(path).pipe(response)
}
