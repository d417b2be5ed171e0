import { afterEach, describe, expect, it, vi } from 'vitest'
import { createRtcHost } from './host.ts'
import type { RtcHost, RtcHostInit } from './host.ts'
import type { TestCommand, TestReport } from '../testing/rtc-worker.ts'

const soon = { timeout: 30_000, interval: 10 }

interface Side {
  readonly worker: Worker
  readonly host: RtcHost
  readonly reports: TestReport[]
  readonly tell: (command: TestCommand) => void
  /** The newest report of a kind. */
  readonly last: <K extends TestReport['is']>(kind: K) => Extract<TestReport, { is: K }> | undefined
  onCandidate: (candidate: RTCIceCandidateInit) => void
}

const sides: Side[] = []
afterEach(() => {
  for (const { worker, host } of sides.splice(0)) {
    worker.terminate()
    host.dispose()
  }
})

async function side(init: RtcHostInit): Promise<Side> {
  const worker = new Worker(new URL('../testing/rtc-worker.ts', import.meta.url), { type: 'module' })
  const { port1, port2 } = new MessageChannel()
  const reports: TestReport[] = []
  const made: Side = {
    worker,
    host: createRtcHost(port1, init),
    reports,
    tell: (command) => worker.postMessage(command),
    last: (kind) => reports.findLast((report) => report.is === kind) as never,
    onCandidate: () => undefined,
  }
  sides.push(made)
  worker.onmessage = ({ data }: MessageEvent<TestReport>) => {
    reports.push(data)
    if (data.is === 'candidate') made.onCandidate(data.candidate)
  }
  worker.postMessage('port', [port2])
  await vi.waitFor(() => expect(made.last('ready')).toEqual({ is: 'ready', native: false }), soon)
  return made
}

/** Two workers, each with its own host, connected by offer, answer and candidates carried by the test. */
async function connectedPair(init: RtcHostInit): Promise<[Side, Side]> {
  const [alice, bob] = [await side(init), await side(init)]
  const waiting: { readonly to: Side; readonly candidate: RTCIceCandidateInit }[] = []
  alice.onCandidate = (candidate) => waiting.push({ to: bob, candidate })
  bob.onCandidate = (candidate) => waiting.push({ to: alice, candidate })
  alice.tell({ do: 'offer' })
  await vi.waitFor(() => expect(alice.last('sdp')).toBeDefined(), soon)
  bob.tell({ do: 'answer', sdp: alice.last('sdp')!.sdp })
  await vi.waitFor(() => expect(bob.last('sdp')).toBeDefined(), soon)
  alice.tell({ do: 'accept', sdp: bob.last('sdp')!.sdp })
  for (const end of [alice, bob]) end.onCandidate = (candidate) => (end === alice ? bob : alice).tell({ do: 'candidate', candidate })
  for (const { to, candidate } of waiting) to.tell({ do: 'candidate', candidate })
  await vi.waitFor(() => {
    for (const end of [alice, bob]) {
      expect(end.last('state')).toEqual({ is: 'state', state: 'connected' })
      expect(end.last('channel')).toMatchObject({ event: 'open' })
    }
  }, soon)
  return [alice, bob]
}

describe.each(['auto', 'never'] as const)('WebRTC from workers, transfer %s', (transfer) => {
  it('carries data both ways and reports when it has left', async () => {
    const [alice, bob] = await connectedPair({ transfer })
    const bytes = 512 * 1024
    const messages = bytes / 16384
    const sum = Array.from({ length: messages }, (_, i) => (i * 16384) % 65521).reduce((a, b) => (a + b) % 65521, 0)
    alice.tell({ do: 'send', bytes })
    bob.tell({ do: 'send', bytes })
    await vi.waitFor(() => {
      for (const end of [alice, bob]) {
        expect(end.last('received')).toEqual({ is: 'received', bytes, sum })
        expect(end.last('sent')).toEqual({ is: 'sent', drained: true })
      }
    }, soon)
    for (const { host } of [alice, bob]) {
      const { connections, transferred, proxied, refused } = host.stats()
      expect({ connections, transferred, proxied, refused }).toEqual(
        transfer === 'auto' ? { connections: 1, transferred: 1, proxied: 0, refused: 0 } : { connections: 1, transferred: 0, proxied: 1, refused: 0 },
      )
    }
    // the opener holds a stand-in, the other side the genuine channel where it was transferred
    expect(bob.last('channel')!.genuine).toBe(transfer === 'auto')
  })

  it('tells both sides when a channel closes, and the page when a connection does', async () => {
    const [alice, bob] = await connectedPair({ transfer })
    alice.tell({ do: 'close-channel' })
    await vi.waitFor(() => {
      for (const end of [alice, bob]) expect(end.last('channel')).toMatchObject({ event: 'close' })
    }, soon)
    alice.tell({ do: 'close' })
    await vi.waitFor(() => expect(alice.host.stats().connections).toBe(0), soon)
  })

  it('closes the connections of a worker that dies', async () => {
    const [, bob] = await connectedPair({ transfer })
    expect(bob.host.stats().connections).toBe(1)
    bob.worker.terminate()
    await vi.waitFor(() => expect(bob.host.stats().connections).toBe(0), soon)
  })
})

describe('a worker whose peer vanished', () => {
  it('is told that the connection failed, soon after ICE noticed', async () => {
    const [alice, bob] = await connectedPair({ transfer: 'auto' })
    bob.worker.terminate()
    await vi.waitFor(() => expect(alice.last('state')).toEqual({ is: 'state', state: 'failed' }), soon)
    expect(alice.reports.flatMap((report) => (report.is === 'state' ? [report.state] : []))).toContain('disconnected')
  })
})

describe('the page half', () => {
  it('drops and counts what it does not understand', async () => {
    const { port1, port2 } = new MessageChannel()
    const host = createRtcHost(port1)
    for (const bad of [null, 7, 'hello', {}, { type: 'nonsense' }, { type: 'connection-new', connection: 'x', config: {} }]) port2.postMessage(bad)
    await vi.waitFor(() => expect(host.stats()).toMatchObject({ refused: 6, connections: 0 }), soon)
    host.dispose()
  })
})
