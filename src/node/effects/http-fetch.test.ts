import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, LookupFunction } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { sha256, utf8Bytes } from '../../codec/index.ts'
import { httpFetchedSchema, MAX_FETCHED_BYTES } from '../../world/index.ts'
import { createAllowList } from './allow-list.ts'
import { fetchDocument } from './http-fetch.ts'
import type { FetchOutcome, HttpFetchInit } from './http-fetch.ts'
import { isPrivateAddress } from './private-address.ts'

let answer: (request: IncomingMessage, response: ServerResponse) => void
const asked: string[] = []
const server = createServer((request, response) => {
  asked.push(`${request.method} ${request.headers.host} ${request.url}`)
  answer(request, response)
})
let port = 0
let origin = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
  origin = `http://127.0.0.1:${port}`
})
afterEach(() => void asked.splice(0))
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const to = (address: string): LookupFunction => (_name, options, done) => (options.all === true ? done(null, [{ address, family: 4 }]) : done(null, address, 4))
const get = (url: string, allowed: readonly string[] = [origin], init: Partial<HttpFetchInit> = {}): Promise<FetchOutcome> => fetchDocument(url, { allow: createAllowList(allowed), ...init })

describe('a document', () => {
  it('is fetched from an allowed origin, with its hash', async () => {
    answer = (request, response) => {
      expect(request.headers).toMatchObject({ 'accept-encoding': 'identity' })
      expect(Object.keys(request.headers).filter((name) => ['cookie', 'authorization', 'referer'].includes(name))).toEqual([])
      response.setHeader('content-type', 'text/plain').end('sunny')
    }
    const outcome = await get(`${origin}/weather?at=belt`)
    expect(outcome).toEqual({ status: 'ok', final: true, payload: { http_status: 200, content_type: 'text/plain', body: utf8Bytes('sunny'), body_hash: sha256(utf8Bytes('sunny')) } })
    expect(httpFetchedSchema.parse(outcome.payload, '')).toEqual(outcome.payload)
    expect(asked).toEqual([`GET 127.0.0.1:${port} /weather?at=belt`])
  })

  it('is what the server says, also where it is missing', async () => {
    answer = (_request, response) => response.writeHead(404).end()
    expect(await get(`${origin}/nothing`)).toMatchObject({ status: 'ok', payload: { http_status: 404, content_type: null, body: new Uint8Array(0) } })
  })

  it.each([['declared', true], ['sent', false]])('has a bounded size, %s', async (_how, declared) => {
    const send = (length: number): void => {
      answer = (_request, response) => {
        if (declared) response.setHeader('content-length', length)
        response.write(Buffer.alloc(length - 1, 'x'))
        response.end('x')
      }
    }
    send(MAX_FETCHED_BYTES)
    expect(await get(`${origin}/`)).toMatchObject({ status: 'ok' })
    send(MAX_FETCHED_BYTES + 1)
    expect(await get(`${origin}/`)).toEqual({ status: 'too_large', payload: null, final: true })
  })

  it('has a bounded time, before the answer and within it', async () => {
    answer = () => {}
    expect(await get(`${origin}/`, [origin], { timeoutMs: 50 })).toEqual({ status: 'timed_out', payload: null, final: false })
    answer = (_request, response) => void response.write('and then')
    expect(await get(`${origin}/`, [origin], { timeoutMs: 50 })).toMatchObject({ status: 'timed_out' })
  })

  it('may come another time when nobody answers', async () => {
    answer = (request) => request.socket.destroy()
    expect(await get(`${origin}/`)).toEqual({ status: 'unreachable', payload: null, final: false })
  })
})

describe('a document over TLS', () => {
  it('does not come from who speaks no TLS', async () => {
    const secure = `https://127.0.0.1:${port}`
    expect(await get(`${secure}/`, [secure])).toEqual({ status: 'unreachable', payload: null, final: false })
    expect(asked).toEqual([])
  })
})

describe('what is not allowed', () => {
  it.each([
    ['nothing by default', []],
    ['another port', ['http://127.0.0.1:1']],
    ['another scheme', ['https://127.0.0.1']],
    ['another host', ['http://localhost:81']],
  ])('is not asked for: %s', async (_what, allowed) => {
    expect(await get(`${origin}/`, allowed)).toEqual({ status: 'not_allowed', payload: null, final: true })
    expect(asked).toEqual([])
  })

  it.each(['http://127.1/', 'http://0x7f000001/', 'http://a/../b', 'nonsense'])('is not what a URL is read as: %s', async (url) => {
    expect(await get(url, ['http://127.0.0.1', 'http://a'])).toMatchObject({ status: 'not_allowed' })
  })

  it('is what an allowed origin leads to elsewhere', async () => {
    for (const location of ['http://localhost:1/', 'https://127.0.0.1/', 'http://[', '//example.org/']) {
      answer = (_request, response) => response.writeHead(302, { location }).end()
      expect(await get(`${origin}/`, [origin, 'http://localhost:1'])).toEqual({ status: 'redirected', payload: null, final: true })
    }
  })

  it('is to be sent around for ever; a few times within the origin is fine', async () => {
    answer = ({ url }, response) => (url === '/3' ? response.end('here') : response.writeHead(307, { location: `/${Number(url!.slice(1)) + 1}#x` }).end())
    expect(await get(`${origin}/0`)).toMatchObject({ status: 'ok', payload: { body: utf8Bytes('here') } })
    answer = (_request, response) => response.writeHead(307, { location: '/' }).end()
    asked.splice(0)
    expect(await get(`${origin}/`)).toMatchObject({ status: 'redirected' })
    expect(asked).toHaveLength(4)
  })

  it('is a private network behind an allowed name, unless the address itself is allowed', async () => {
    answer = (_request, response) => response.end('secret')
    const named = `http://api.example.org:${port}`
    expect(await get(`${named}/`, [named], { lookup: to('127.0.0.1') })).toEqual({ status: 'private_address', payload: null, final: true })
    expect(await get(`${named}/`, [named], { lookup: to('169.254.169.254') })).toMatchObject({ status: 'private_address' })
    expect(asked).toEqual([])
    const local = `http://localhost:${port}`
    expect(await get(`${local}/`, [local], { lookup: to('127.0.0.1') })).toMatchObject({ status: 'ok' })
  })
})

describe('private addresses', () => {
  it.each(['127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '224.0.0.1', '255.255.255.255', '::1', '::', 'fe80::1', 'fd00::1', '::ffff:8.8.8.8', '64:ff9b::7f00:1', '2002:7f00:1::', '2001:db8::1', 'ff02::1', 'localhost'])('are such as %s', (address) => {
    expect(isPrivateAddress(address)).toBe(true)
  })

  it.each(['8.8.8.8', '172.32.0.1', '2606:4700::1111'])('are not such as %s', (address) => {
    expect(isPrivateAddress(address)).toBe(false)
  })
})

describe('a list of origins', () => {
  it.each(['example.org', 'https://example.org/', 'https://example.org/a', 'ftp://example.org', 'https://Example.org', 'https://example.org:443', 'http://*', ''])('has no "%s"', (entry) => {
    expect(() => createAllowList([entry])).toThrow(expect.objectContaining({ code: 'EFFECTS_CONFIG' }) as Error)
  })

  it('is bounded', () => {
    expect(() => createAllowList(Array.from({ length: 257 }, (_, n) => `https://a${n}`))).toThrow(expect.objectContaining({ code: 'EFFECTS_CONFIG' }) as Error)
  })
})
