import type { BootstrapStatus } from './bootstrap.ts'
import type { Refusal } from './peers.ts'

/** What the host tells its owner, in the order it happened. Plain data: goes over a port to a page as it is. */
export type NetworkEvent =
  | { readonly type: 'listening'; readonly addresses: readonly string[] }
  | { readonly type: 'connected'; readonly peer: string; readonly peers: number }
  | { readonly type: 'disconnected'; readonly peer: string; readonly peers: number }
  | { readonly type: 'bootstrap'; readonly status: BootstrapStatus }
  | ({ readonly type: 'refused' } & Refusal)

/** One connected peer, for the network page. */
export interface PeerInfo {
  readonly peer: string
  readonly address: string
  readonly direction: 'inbound' | 'outbound'
  readonly transport: 'websocket' | 'webrtc' | 'relayed' | 'other'
  /** Milliseconds of the last ping, or null before the first. */
  readonly rttMs: number | null
  readonly score: number
  readonly demoted: boolean
}
