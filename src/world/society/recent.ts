import type { Value } from '../../codec/index.ts'
import type { StagedState } from '../state/state.ts'
import { MAX_RECENT } from './records.ts'

const readRecent = (state: StagedState, listKey: string): readonly string[] => (state.get(listKey) as readonly string[] | null) ?? []

/** Keeps what is over readable for a while: the record of whatever falls out of the list is deleted, so history never fills the state. */
export function retire(state: StagedState, listKey: string, recordKey: string): void {
  const list = [...readRecent(state, listKey), recordKey]
  for (const old of list.slice(0, -MAX_RECENT)) state.set(old, null)
  state.set(listKey, list.slice(-MAX_RECENT) as unknown as Value)
}

/** For a key that is used again. */
export function unretire(state: StagedState, listKey: string, recordKey: string): void {
  const list = readRecent(state, listKey)
  if (list.includes(recordKey)) state.set(listKey, list.filter((key) => key !== recordKey) as unknown as Value)
}
