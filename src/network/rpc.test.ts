import type { Stream } from '@libp2p/interface'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { encodeCanonical, schema } from '../codec/index.ts'
import { encodeFrame } from './frames.ts'
import type { NetworkHost } from './host.ts'
import { MESSAGE_LIMITS, RPC_LIMITS } from './limits.ts'
import { fetchBlob, fetchRange, fitRange } from './protocols.ts'
import { defineProtocol } from './rpc-protocol.ts'
import { LOOPBACK, testNetwork } from './testing/network.ts'

const network = testNetwork()
afterEach(() => network.stopAll())
const soon = { timeout: 20_000, interval: 20 }

const echo = defineProtocol({
  id: '/aw/test/echo/1.0.0',
  request: schema.object({ n: schema.int(), pad: schema.optional(schema.bytes(4096)) }),
  response: schema.object({ n: schema.int() }),
  maxRequestBytes: 1000,
  maxResponseBytes: 1000,
  timeoutMs: 20_000,
})

async function pair(): Promise<{ server: NetworkHost; client: NetworkHost }> {
  const server = await network.host(1)
  const client = await network.host(2)
  await client.dial(server.addresses()[0]!)
  return { server, client }
}

/** A bare peer that `client` is connected to and that answers `echo` streams as it likes. */
async function badServer(number: number, onStream: (stream: Stream) => void): Promise<{ client: NetworkHost; peer: string }> {
  const client = await network.host(2)
  const raw = await network.rawPeer(number, client)
  await raw.handle(echo.id, onStream)
  return { client, peer: raw.peerId.toString() }
}

describe('requests', () => {
  it('are answered, many at once, each with its own answer, over one stream', async () => {
    const { server, client } = await pair()
    await server.rpc.serve(echo, async ({ n }) => {
      await Promise.resolve()
      return { n: n + 1 }
    })
    const numbers = Array.from({ length: RPC_LIMITS.maxConcurrentPerPeer }, (_, n) => n)
    const answers = await Promise.all(numbers.map((n) => client.rpc.request(server.peerId, echo, { n })))
    expect(answers).toEqual(numbers.map((n) => ({ n: n + 1 })))
    expect(client.metrics.get('rpc.lanes_opened')).toBe(1)
  })

  it('carry a blob of 1 MiB', async () => {
    const { server, client } = await pair()
    const content = new Uint8Array(MESSAGE_LIMITS.blobBytes).map((_, i) => (i * 31 + (i >> 8)) & 0xff)
    await server.rpc.serve(fetchBlob, ({ content_hash }) => (content_hash === 'ab'.repeat(32) ? { found: true, blob: content } : { found: false }))
    const answer = await client.rpc.request(server.peerId, fetchBlob, { content_hash: 'ab'.repeat(32) })
    expect(answer.found).toBe(true)
    expect(Buffer.from(answer.blob!).equals(Buffer.from(content))).toBe(true)
    expect(await client.rpc.request(server.peerId, fetchBlob, { content_hash: 'cd'.repeat(32) })).toEqual({ found: false })
  })

  it('are refused locally when too large or too many, without troubling the peer', async () => {
    const { server, client } = await pair()
    const release = Promise.withResolvers<void>()
    await server.rpc.serve(echo, async ({ n }) => {
      await release.promise
      return { n }
    })
    await expect(client.rpc.request(server.peerId, echo, { n: 1, pad: new Uint8Array(2000) })).rejects.toMatchObject({ code: 'RPC_TOO_LARGE' })
    const waiting = Array.from({ length: RPC_LIMITS.maxConcurrentPerPeer }, (_, n) => client.rpc.request(server.peerId, echo, { n }))
    await expect(client.rpc.request(server.peerId, echo, { n: 99 })).rejects.toMatchObject({ code: 'RPC_LIMIT' })
    release.resolve()
    expect((await Promise.all(waiting)).length).toBe(RPC_LIMITS.maxConcurrentPerPeer)
    expect(server.policy.score(client.peerId)).toBe(0)
  })

  it('say RPC_UNSUPPORTED where nobody serves the protocol and RPC_CLOSED where nobody is connected', async () => {
    const { server, client } = await pair()
    await expect(client.rpc.request(server.peerId, echo, { n: 1 })).rejects.toMatchObject({ code: 'RPC_UNSUPPORTED' })
    await expect(client.rpc.request('12D3KooWnobody', echo, { n: 1 })).rejects.toMatchObject({ code: 'RPC_CLOSED' })
  })

  it('end with RPC_TIMEOUT when no answer comes; the next one works over a new stream', async () => {
    const { server, client } = await pair()
    let silent = true
    await server.rpc.serve(echo, ({ n }) => (silent ? new Promise<never>(() => undefined) : { n }))
    await expect(client.rpc.request(server.peerId, echo, { n: 1 }, { timeoutMs: 100 })).rejects.toMatchObject({ code: 'RPC_TIMEOUT' })
    expect(client.policy.scores()[0]?.offences).toEqual({ TIMEOUT: 1 })
    silent = false
    expect(await client.rpc.request(server.peerId, echo, { n: 2 })).toEqual({ n: 2 })
    expect(client.metrics.get('rpc.lanes_opened')).toBe(2)
  })

  it('can be cancelled one by one; others on the same stream still get their answers', async () => {
    const { server, client } = await pair()
    const release = Promise.withResolvers<void>()
    const started = Promise.withResolvers<void>()
    await server.rpc.serve(echo, async ({ n }) => {
      started.resolve()
      await release.promise
      return { n }
    })
    const cancel = new AbortController()
    const first = client.rpc.request(server.peerId, echo, { n: 1 }, { signal: cancel.signal })
    const second = client.rpc.request(server.peerId, echo, { n: 2 })
    await started.promise
    cancel.abort()
    await expect(first).rejects.toMatchObject({ code: 'RPC_ABORTED' })
    release.resolve()
    expect(await second).toEqual({ n: 2 })
    expect(client.policy.score(server.peerId)).toBe(0)
  })

  it('get RPC_REMOTE_FAILED when the handler throws or answers too much, and the stream goes on', async () => {
    const { server, client } = await pair()
    await server.rpc.serve(echo, ({ n }) => {
      if (n === 1) throw new Error('no')
      return n === 2 ? ({ n, pad: new Uint8Array(5000) } as { n: number }) : { n }
    })
    await expect(client.rpc.request(server.peerId, echo, { n: 1 })).rejects.toMatchObject({ code: 'RPC_REMOTE_FAILED' })
    await expect(client.rpc.request(server.peerId, echo, { n: 2 })).rejects.toMatchObject({ code: 'RPC_REMOTE_FAILED' })
    expect(await client.rpc.request(server.peerId, echo, { n: 3 })).toEqual({ n: 3 })
    expect(client.metrics.get('rpc.lanes_opened')).toBe(1)
    expect(server.metrics.snapshot()).toMatchObject({ 'rpc.handler_failed': 1, 'rpc.answer_too_large': 1 })
  })

  it('fail with RPC_CLOSED when the peer vanishes in the middle', async () => {
    const { server, client } = await pair()
    const reached = Promise.withResolvers<void>()
    await server.rpc.serve(echo, () => {
      reached.resolve()
      return new Promise<never>(() => undefined)
    })
    const request = client.rpc.request(server.peerId, echo, { n: 1 })
    const outcome = expect(request).rejects.toMatchObject({ code: 'RPC_CLOSED' })
    await reached.promise
    await server.stop()
    await outcome
    expect(client.policy.score(server.peerId)).toBe(0)
  })

  it('work again over a new lane after the peer restarted', async () => {
    const server = await network.host(1)
    const address = server.addresses()[0]!
    const client = await network.host(2, { bootstrap: [address] })
    await vi.waitFor(() => expect(client.bootstrap()[0]?.state).toBe('connected'), soon)
    await server.rpc.serve(echo, ({ n }) => ({ n }))
    expect(await client.rpc.request(server.peerId, echo, { n: 1 })).toEqual({ n: 1 })
    await server.stop()
    await vi.waitFor(() => expect(client.peers()).toEqual([]), soon)
    const port = /\/tcp\/(\d+)\//.exec(address)![1]!
    const restarted = await network.host(1, { listen: [LOOPBACK.replace('/tcp/0/', `/tcp/${port}/`)] })
    await restarted.rpc.serve(echo, ({ n }) => ({ n: n + 100 }))
    await vi.waitFor(async () => expect(await client.rpc.request(server.peerId, echo, { n: 1 })).toEqual({ n: 101 }), soon)
  })
})

describe('a server under bad requests', () => {
  async function attack(bytes: Uint8Array | ((stream: Stream) => void)): Promise<NetworkHost> {
    const server = await network.host(1)
    let handled = 0
    await server.rpc.serve(echo, ({ n }) => {
      handled++
      return { n }
    })
    const raw = await network.rawPeer(9, server)
    const stream = await raw.getConnections()[0]!.newStream(echo.id)
    const ended = Promise.withResolvers<void>()
    stream.addEventListener('close', () => ended.resolve())
    if (typeof bytes === 'function') bytes(stream)
    else stream.send(bytes)
    await ended.promise
    expect(handled).toBe(0)
    return server
  }
  const offences = (server: NetworkHost): unknown => server.policy.scores()[0]?.offences

  it('refuses an oversized one by its announced length', async () => {
    const server = await attack(encodeFrame(new Uint8Array(1001)).subarray(0, 10))
    expect(offences(server)).toEqual({ OVERSIZED: 1 })
  })

  it('refuses CBOR that is not canonical', async () => {
    const server = await attack(encodeFrame(Uint8Array.of(0xa1, 0x61, 0x6e, 0x18, 0x01))) // {"n": 1} with 1 in two bytes
    expect(offences(server)).toEqual({ BAD_MESSAGE: 1 })
  })

  it('refuses canonical CBOR of another shape', async () => {
    const server = await attack(encodeFrame(encodeCanonical({ n: 1, extra: true })))
    expect(offences(server)).toEqual({ BAD_MESSAGE: 1 })
  })

  it('refuses a request cut off in the middle', async () => {
    const server = await attack((stream) => {
      stream.send(encodeFrame(encodeCanonical({ n: 1 })).subarray(0, 3))
      void stream.close().catch(() => undefined)
    })
    await vi.waitFor(() => expect(offences(server)).toEqual({ TRUNCATED: 1 }), soon)
  })

  it('drops a peer that queues more than it may, and answers others', async () => {
    const server = await network.host(1)
    await server.rpc.serve(echo, () => new Promise<never>(() => undefined))
    const raw = await network.rawPeer(9, server)
    const stream = await raw.getConnections()[0]!.newStream(echo.id)
    const ended = Promise.withResolvers<void>()
    stream.addEventListener('close', () => ended.resolve())
    for (let n = 0; n < RPC_LIMITS.maxQueuedOnServer + 2; n++) stream.send(encodeFrame(encodeCanonical({ n })))
    await ended.promise
    expect(offences(server)).toEqual({ SPAM: 1 })
  })
})

describe('a client with a bad server', () => {
  it.each([
    ['an oversized answer', encodeFrame(new Uint8Array(1001)).subarray(0, 10), 'RPC_TOO_LARGE', 'OVERSIZED'],
    ['an answer that is not canonical', encodeFrame(Uint8Array.of(0xa1, 0x61, 0x6e, 0x18, 0x01)), 'RPC_BAD_MESSAGE', 'BAD_MESSAGE'],
    ['an answer of another shape', encodeFrame(encodeCanonical({ m: 1 })), 'RPC_BAD_MESSAGE', 'BAD_MESSAGE'],
  ])('refuses %s', async (_, answer, code, offence) => {
    const { client, peer } = await badServer(9, (stream) => {
      stream.addEventListener('message', () => stream.send(answer), { once: true })
    })
    await expect(client.rpc.request(peer, echo, { n: 1 })).rejects.toMatchObject({ code })
    expect(client.policy.scores()[0]?.offences).toEqual({ [offence]: 1 })
  })

  it('refuses an answer cut off in the middle', async () => {
    const { client, peer } = await badServer(9, (stream) => {
      stream.addEventListener('message', () => {
        stream.send(encodeFrame(encodeCanonical({ n: 1 })).subarray(0, 3))
        void stream.close().catch(() => undefined)
      }, { once: true })
    })
    await expect(client.rpc.request(peer, echo, { n: 1 })).rejects.toMatchObject({ code: 'RPC_CLOSED' })
    expect(client.policy.scores()[0]?.offences).toEqual({ TRUNCATED: 1 })
  })

  it('refuses an answer to a question nobody asked', async () => {
    const { client, peer } = await badServer(9, (stream) => {
      stream.addEventListener('message', () => {
        stream.send(encodeFrame(encodeCanonical({ n: 1 })))
        stream.send(encodeFrame(encodeCanonical({ n: 2 })))
      }, { once: true })
    })
    expect(await client.rpc.request(peer, echo, { n: 1 })).toEqual({ n: 1 })
    await vi.waitFor(() => expect(client.metrics.get('peers.offence.BAD_MESSAGE')).toBe(1), soon)
  })
})

describe('a range', () => {
  it('is cut to what fits in one answer, and one message always fits', async () => {
    const large = new Uint8Array(MESSAGE_LIMITS.commitBytes)
    expect(fitRange([large, large, large]).length).toBe(1)
    expect(fitRange(Array.from({ length: 1000 }, () => new Uint8Array(10))).length).toBe(MESSAGE_LIMITS.rangeCount)
    const { server, client } = await pair()
    await server.rpc.serve(fetchRange, () => ({ messages: fitRange([large, large]) }))
    const answer = await client.rpc.request(server.peerId, fetchRange, { world_id: `w.${'0'.repeat(64)}`, from: 1, limit: 10 })
    expect(answer.messages.map((message) => message.length)).toEqual([large.length])
  })
})
