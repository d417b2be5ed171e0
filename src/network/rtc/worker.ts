/**
 * Worker half of the WebRTC broker. Must be the node worker's FIRST import: evaluating it defines the RTC globals, and
 * @libp2p/webrtc takes them when it is evaluated itself. Does nothing where the globals exist already.
 */
import { RtcLink } from './link.ts'
import { rtcGlobals } from './peer-connection.ts'

const link = new RtcLink()

/** False in every worker of today's browsers (w3c/webrtc-pc#3131 asks to change that). */
export const hasNativeRtc = 'RTCPeerConnection' in globalThis

if (!hasNativeRtc) Object.assign(globalThis, rtcGlobals(link))

/** Connects to the page's `createRtcHost`. What was asked before that is sent now. */
export function connectRtcHost(port: MessagePort): void {
  link.connect(port)
}
