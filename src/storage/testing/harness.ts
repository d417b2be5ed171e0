import { expect } from 'vitest'
import { AppError } from '../../codec/index.ts'
import type { Engine, Table } from '../engine.ts'
import type { NodeStorage, StateEntry, StorageEvent } from '../types.ts'
import { WORLD } from './blocks.ts'

/** One place a store can live in, reopened as often as a test likes. */
export interface Place {
  open(options?: { readonly world_id?: string; readonly onEvent?: (event: StorageEvent) => void }): Promise<NodeStorage>
  /** The bare tables, while no store has the place open. */
  engine(): Promise<Engine>
  remove(): Promise<void>
}

export const DEFAULT_OPTIONS = { world_id: WORLD }

/** The code a call is refused with; fails the test when it is not refused, or by something that is no typed error. */
export async function refusal(call: () => unknown): Promise<string> {
  try {
    await call()
  } catch (error) {
    expect(error, 'refusals are typed').toBeInstanceOf(AppError)
    expect((error as AppError).message.length, 'refusals say what to do').toBeGreaterThan(20)
    return (error as AppError).code
  }
  expect.unreachable('the call was expected to be refused')
}

/** Flips one bit of a stored row, as a failing disk would. */
export async function damage(place: Place, table: Table, key: Uint8Array, byte = -1): Promise<void> {
  const engine = await place.engine()
  const value = await engine.get(table, key)
  if (value === null) throw new Error(`no row to damage in ${table}`)
  value[byte < 0 ? value.length + byte : byte]! ^= 1
  await engine.write([{ kind: 'put', table, key, value }])
  await engine.close()
}

export async function collect(entries: AsyncIterable<StateEntry>): Promise<StateEntry[]> {
  const list: StateEntry[] = []
  for await (const entry of entries) list.push(entry)
  return list
}
