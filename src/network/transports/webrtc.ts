import { webRTC } from '@libp2p/webrtc'
import { WEBRTC_LIMITS } from '../limits.ts'
import type { TransportFactory } from '../host.ts'

/**
 * WebRTC between browsers, signalled over a relay. For browser workers only, where `../rtc/worker.ts` must have been imported
 * before this file: @libp2p/webrtc takes the RTC globals when it is evaluated. In Node it would load node-datachannel.
 */
export function webRtcTransport(): TransportFactory {
  return webRTC({
    // unset, it would contact four public STUN servers
    rtcConfiguration: { iceServers: [] },
    dataChannel: { maxBufferedAmount: WEBRTC_LIMITS.maxBufferedAmount },
  }) as TransportFactory
}
