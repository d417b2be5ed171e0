/** Gathers the course of the economy from the moment the page has a node, whatever page is shown. */
import { createStore } from 'zustand/vanilla'
import type { BlockSummary } from '../../../node/index.ts'
import type { Balances } from '../../../node/index.ts'
import { whenNode } from '../../node-client/client.ts'
import { feedStore } from '../../stores/feed.ts'
import { nodeStore } from '../../stores/node.ts'
import { MAX_SAMPLES, sampleOf, withBalances, withSamples } from './history.ts'
import type { Sample } from './history.ts'

/** Older blocks fetched at a time: few enough that the node's other work is not held up. */
const BATCH = 16

export interface Course {
  /** Ascending. */
  readonly samples: readonly Sample[]
  readonly balances: readonly Balances[]
  /** Whether older blocks are being read. */
  readonly filling: boolean
}

export const courseStore = createStore<Course>(() => ({ samples: [], balances: [], filling: false }))

let asking = false

async function sampleBalances(): Promise<void> {
  if (asking) return
  asking = true
  try {
    const added = await (await whenNode()).balances()
    courseStore.setState(({ balances }) => ({ balances: withBalances(balances, added) }))
  } catch {
    // The executor is being replaced; the next block asks again.
  } finally {
    asking = false
  }
}

function take(blocks: readonly BlockSummary[]): void {
  const newest = courseStore.getState().samples.at(-1)?.height ?? 0
  const fresh = blocks.filter(({ head }) => head.height > newest)
  if (fresh.length === 0) return
  courseStore.setState(({ samples }) => ({ samples: withSamples(samples, fresh.map(sampleOf)) }))
  void sampleBalances()
}

take(feedStore.getState().blocks)
feedStore.subscribe(({ blocks }) => take(blocks))

/** Reads stored blocks below the oldest sample until the course is full or `signal` aborts. */
export async function fillFromStorage(signal: AbortSignal): Promise<void> {
  if (courseStore.getState().filling) return
  courseStore.setState({ filling: true })
  try {
    const node = await whenNode()
    take((await node.recentBlocks(MAX_SAMPLES)).toReversed())
    const earliest = nodeStore.getState().status?.storage.earliest_height ?? 1
    while (!signal.aborted) {
      const { samples } = courseStore.getState()
      const oldest = samples[0]?.height ?? 0
      if (samples.length >= MAX_SAMPLES || oldest <= earliest) break
      const heights = Array.from({ length: Math.min(BATCH, oldest - earliest) }, (_, n) => oldest - 1 - n)
      const blocks = (await Promise.all(heights.map((height) => node.blockAt(height)))).filter((block) => block !== null)
      if (blocks.length === 0) break
      courseStore.setState((course) => ({ samples: withSamples(course.samples, blocks.map(sampleOf)) }))
    }
  } catch {
    // The node stopped; what was read stays.
  } finally {
    courseStore.setState({ filling: false })
  }
}
