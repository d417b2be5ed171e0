import type { Value } from '../../codec/index.ts'
import { encodeCanonical } from '../../codec/index.ts'
import { newAgent } from '../actions/register-agent.ts'
import { updateTree } from '../state/merkle-tree.ts'
import { CommittedState, hashKey, makeItem, StagedState } from '../state/state.ts'
import type { StateItem } from '../state/state.ts'
import { median, timed } from './measure.ts'

export interface StateUpdateFigures {
  readonly entries: number
  /** Medians, milliseconds: encode the changed records, hash them, compute the root. */
  readonly touch_100_ms: number
  readonly touch_1000_ms: number
  /** The tree alone, from records whose hashes are at hand. */
  readonly rebuild_ms: number
  /** Medians of the ratios within a round. */
  readonly touch_1000_over_100: number
  readonly rebuild_over_1000: number
}

/** Times state updates of two sizes and a rebuild of the tree, all in every round. */
export function benchStateUpdate(entries = 100_000, rounds = 9): StateUpdateFigures {
  const items: StateItem[] = []
  for (let index = 0; index < entries; index++) items.push(agentItem(index))
  const state = new CommittedState(0, items)
  const samples: { small: number; large: number; rebuild: number }[] = []
  for (let round = -2; round < rounds; round++) {
    const touch = (count: number): number => {
      const staged = new StagedState(state)
      for (let i = 0; i < count; i++) {
        const key = items[(i * 7_919 + round * 31 + 62) % entries]!.key
        staged.set(key, { ...(state.get(key) as object), electricity: 1_000 + round + 2 })
      }
      return timed(() => void state.treeAfter(staged.changes()))
    }
    const small = median([touch(100), touch(100), touch(100)])
    const large = touch(1_000)
    const rebuild = timed(() => void updateTree(null, items.map((item) => ({ keyHash: item.keyHash, item }))))
    if (round >= 0) samples.push({ small, large, rebuild })
  }
  return {
    entries,
    touch_100_ms: median(samples.map(({ small }) => small)),
    touch_1000_ms: median(samples.map(({ large }) => large)),
    rebuild_ms: median(samples.map(({ rebuild }) => rebuild)),
    touch_1000_over_100: median(samples.map(({ small, large }) => large / small)),
    rebuild_over_1000: median(samples.map(({ large, rebuild }) => rebuild / large)),
  }
}

function agentItem(index: number): StateItem {
  const key = `agent/${index.toString(16).padStart(32, '0')}`
  const record = newAgent({
    public_key: new Uint8Array(32).fill(index & 255), name: `agent ${index}`, asteroid: 'asteroid/0001',
    position: { x: index, y: index, z: index }, electricity: 100, data: 20, height: 0,
  }) as unknown as Value
  return makeItem(key, record, encodeCanonical(record), hashKey(key))
}
