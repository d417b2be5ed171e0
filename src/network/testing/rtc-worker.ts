/** Worker of broker.browser.test.ts: does to its RTCPeerConnections what the test says, and tells what happened to them. */
import { connectRtcHost, hasNativeRtc } from '../rtc/worker.ts'

export type TestCommand =
  | { readonly do: 'offer' }
  | { readonly do: 'answer'; readonly sdp: string }
  | { readonly do: 'accept'; readonly sdp: string }
  | { readonly do: 'candidate'; readonly candidate: RTCIceCandidateInit }
  | { readonly do: 'send'; readonly bytes: number }
  | { readonly do: 'close-channel' }
  | { readonly do: 'close' }

export type TestReport =
  | { readonly is: 'ready'; readonly native: boolean }
  | { readonly is: 'sdp'; readonly sdp: string }
  | { readonly is: 'candidate'; readonly candidate: RTCIceCandidateInit }
  | { readonly is: 'state'; readonly state: string }
  | { readonly is: 'channel'; readonly event: string; readonly genuine: boolean }
  | { readonly is: 'received'; readonly bytes: number; readonly sum: number }
  | { readonly is: 'sent'; readonly drained: boolean }

const report = (message: TestReport): void => postMessage(message)
let connection: RTCPeerConnection
let channel: RTCDataChannel
let received = 0
let sum = 0

/** As large as libp2p's. */
const MESSAGE_BYTES = 16 * 1024

function useChannel(opened: RTCDataChannel): void {
  channel = opened
  channel.binaryType = 'arraybuffer'
  const genuine = channel instanceof RTCDataChannel
  channel.addEventListener('open', () => report({ is: 'channel', event: 'open', genuine }))
  channel.onclose = () => report({ is: 'channel', event: 'close', genuine })
  channel.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
    received += data.byteLength
    for (const byte of new Uint8Array(data)) sum = (sum + byte) % 65521
    report({ is: 'received', bytes: received, sum })
  }
}

function create(): void {
  connection = new RTCPeerConnection({ iceServers: [] })
  connection.onconnectionstatechange = () => report({ is: 'state', state: connection.connectionState })
  connection.onicecandidate = ({ candidate }) => {
    if (candidate !== null && candidate.candidate !== '') report({ is: 'candidate', candidate: candidate.toJSON() })
  }
  connection.ondatachannel = (event) => useChannel(event.channel)
}

async function run(command: TestCommand): Promise<void> {
  switch (command.do) {
    case 'offer': {
      create()
      useChannel(connection.createDataChannel('data'))
      const offer = await connection.createOffer()
      await connection.setLocalDescription(offer)
      return report({ is: 'sdp', sdp: offer.sdp! })
    }
    case 'answer': {
      create()
      await connection.setRemoteDescription({ type: 'offer', sdp: command.sdp })
      const answer = await connection.createAnswer()
      await connection.setLocalDescription(answer)
      return report({ is: 'sdp', sdp: answer.sdp! })
    }
    case 'accept':
      return connection.setRemoteDescription({ type: 'answer', sdp: command.sdp })
    case 'candidate':
      return connection.addIceCandidate(command.candidate)
    case 'send': {
      channel.bufferedAmountLowThreshold = 0
      const low = new Promise<void>((resolve) => {
        channel.onbufferedamountlow = () => resolve()
      })
      for (let sent = 0; sent < command.bytes; sent += MESSAGE_BYTES) channel.send(new Uint8Array(MESSAGE_BYTES).fill(sent / MESSAGE_BYTES))
      await low
      return report({ is: 'sent', drained: channel.bufferedAmount === 0 })
    }
    case 'close-channel':
      return channel.close()
    case 'close':
      return connection.close()
  }
}

self.addEventListener('message', ({ data, ports }: MessageEvent<TestCommand | 'port'>) => {
  if (data !== 'port') return void run(data)
  connectRtcHost(ports[0]!)
  report({ is: 'ready', native: hasNativeRtc })
})
