/** What the page knows about its node: how the start went, and the newest status. Replaced at most ten times a second. */
import { createStore } from 'zustand/vanilla'
import type { ErrorInfo } from '../../codec/index.ts'
import type { NodeStatus } from '../../node/index.ts'

export type Boot =
  | { readonly stage: 'loading' }
  /** Another tab of this browser runs the node. `moving` while it is asked to hand over. */
  | { readonly stage: 'other-tab'; readonly moving: boolean }
  /** The address serves another world than the one pinned; nothing is connected until the user decides. */
  | { readonly stage: 'pin-changed'; readonly pinned: string; readonly served: string }
  | { readonly stage: 'declined' }
  | { readonly stage: 'starting' }
  | { readonly stage: 'running' }
  /** This tab handed the node over to another one. */
  | { readonly stage: 'released' }
  | { readonly stage: 'failed'; readonly error: ErrorInfo }

export interface NodeView {
  readonly boot: Boot
  readonly status: NodeStatus | null
  /** World the served file named; null for a solo world. */
  readonly pinnedWorld: string | null
  /** A solo world runs although this address led to that world before. */
  readonly formerWorld: string | null
}

export const initialNodeView: NodeView = { boot: { stage: 'loading' }, status: null, pinnedWorld: null, formerWorld: null }

export const nodeStore = createStore<NodeView>(() => initialNodeView)

export const setBoot = (boot: Boot): void => nodeStore.setState({ boot })
