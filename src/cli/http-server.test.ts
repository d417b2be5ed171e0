import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeCanonical } from '../codec/index.ts'
import { multiaddrHost, startHttpServer, webSocketOrigin } from './http-server.ts'
import type { CertifiedHead } from './http-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'aw-http-'))
const hash = new Uint8Array(32).fill(7)
let head: CertifiedHead | null = null
let server: Server
let origin = ''

beforeAll(async () => {
  mkdirSync(join(folder, 'page', 'assets'), { recursive: true })
  writeFileSync(join(folder, 'secret.txt'), 'outside')
  writeFileSync(join(folder, 'page', 'index.html'), '<!doctype html><title>page</title>')
  writeFileSync(join(folder, 'page', 'assets', 'app-1.js'), 'export {}')
  server = await startHttpServer({
    host: '127.0.0.1', port: 0, root: join(folder, 'page'), genesis: new Uint8Array([1, 2, 3]),
    status: () => ({ world_id: 'w', height: 3, state_root: 'ab', head_age_ms: 5, validators: [] }),
    head: () => head,
    network: (hostname) => ({ world_id: 'w', genesis: './genesis', head: './head', status: './status', bootstrap: [`${multiaddrHost(hostname)}/tcp/9001/ws`], block_interval_ms: 1000 }),
  })
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

/** A request with the path exactly as given; `fetch` would tidy it up. */
function rawGet(path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(origin)
    request({ hostname, port, path }, (response) => {
      response.resume()
      resolve(response.statusCode!)
    }).on('error', reject).end()
  })
}

describe('the served origin', () => {
  it('serves the page under a strict policy that names the websockets of the testnet', async () => {
    const response = await fetch(`${origin}/`)
    expect(await response.text()).toContain('<title>page</title>')
    const policy = response.headers.get('content-security-policy')!
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("require-trusted-types-for 'script'")
    expect(policy).toMatch(/connect-src 'self' ws:\/\/127\.0\.0\.1:9001(;|$)/)
    expect(response.headers.get('cross-origin-opener-policy')).toBe('same-origin')
  })

  it('answers status as JSON', async () => {
    expect(await (await fetch(`${origin}/status`)).json()).toEqual({ world_id: 'w', height: 3, state_root: 'ab', head_age_ms: 5, validators: [] })
  })

  it('has no content for the head before the first block, then serves it as JSON and as CBOR', async () => {
    head = null
    const none = await fetch(`${origin}/head`)
    expect(none.status).toBe(204)
    expect(await none.text()).toBe('')
    const header = {
      world_id: `w.${'0'.repeat(64)}`, height: 1, round: 0, time: 1, parent_hash: hash, last_commit_hash: hash, action_root: hash, state_root: hash,
      receipts_root: hash, events_root: hash, validators_hash: hash, next_validators_hash: hash, proposer: 'v', writer_epoch: 1,
    }
    head = { header, certificate: { height: 1, round: 0, block_hash: hash, signers: new Uint8Array([1]), signatures: [] } }
    expect(await (await fetch(`${origin}/head`)).json()).toMatchObject({ header: { height: 1, state_root: '07'.repeat(32) } })
    const encoded = await fetch(`${origin}/head`, { headers: { Accept: 'application/cbor' } })
    expect(decodeCanonical(new Uint8Array(await encoded.arrayBuffer()))).toEqual(head)
  })

  it('serves the page that verifies audit files under its own policy', async () => {
    const hashes = ['A', 'B'].map((letter) => `sha256-${letter.repeat(43)}=`)
    writeFileSync(join(folder, 'page', 'verify.html'), `<meta http-equiv="Content-Security-Policy" content="script-src '${hashes[0]}'; style-src '${hashes[1]}'"><title>verify</title>`)
    const response = await fetch(`${origin}/verify.html`)
    expect(await response.text()).toContain('<title>verify</title>')
    const policy = response.headers.get('content-security-policy')!
    expect(policy).toContain(`script-src '${hashes[0]}';`)
    expect(policy).toContain(`style-src '${hashes[1]}';`)
    expect(policy).not.toContain('connect-src')
    expect(response.headers.get('cross-origin-resource-policy')).toBe('same-origin')
  })

  it('serves genesis bytes and hashed assets', async () => {
    expect(new Uint8Array(await (await fetch(`${origin}/genesis`)).arrayBuffer())).toEqual(new Uint8Array([1, 2, 3]))
    const asset = await fetch(`${origin}/assets/app-1.js`)
    expect(asset.headers.get('content-type')).toContain('text/javascript')
    expect(asset.headers.get('cache-control')).toContain('immutable')
  })

  it.each(['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/assets/..%2f..%2fsecret.txt', '/%00', '/%', '/nothing', '/assets'])(
    'never leaves its folder: %s',
    async (path) => {
      expect(await rawGet(path)).toBe(404)
    },
  )

  it('refuses other methods and bad hosts with a code', async () => {
    const post = await fetch(`${origin}/status`, { method: 'POST' })
    expect(post.status).toBe(405)
    expect(await post.json()).toMatchObject({ code: 'METHOD_NOT_ALLOWED' })
  })

  it('says which port is taken', async () => {
    const { port } = server.address() as AddressInfo
    await expect(startHttpServer({
      host: '127.0.0.1', port, root: join(folder, 'page'), genesis: new Uint8Array(), status: () => ({}) as never, head: () => null, network: () => ({}) as never,
    })).rejects.toMatchObject({ code: 'PORT_IN_USE' })
  })
})

describe('addresses', () => {
  it.each([
    ['/ip4/127.0.0.1/tcp/8081/ws', 'ws://127.0.0.1:8081'],
    ['/ip4/127.0.0.1/tcp/8081/ws/p2p/12D3Koo', 'ws://127.0.0.1:8081'],
    ['/ip6/::1/tcp/8081/ws', 'ws://[::1]:8081'],
    ['/dns4/example.org/tcp/443/tls/ws', 'wss://example.org:443'],
  ])('%s is reached at %s', (address, expected) => {
    expect(webSocketOrigin(address)).toBe(expected)
  })

  it.each(['/ip4/1.2.3.4/udp/1/quic', 'ws://x', '/ip4/1.2.3.4/tcp/1', ''])('%s is refused', (address) => {
    expect(() => webSocketOrigin(address)).toThrowError(expect.objectContaining({ code: 'ADDRESS_INVALID' }))
  })

  it.each([['127.0.0.1', '/ip4/127.0.0.1'], ['localhost', '/dns4/localhost'], ['[::1]', '/ip6/::1']])('host %s is %s', (host, expected) => {
    expect(multiaddrHost(host)).toBe(expected)
  })
})
