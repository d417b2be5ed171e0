import type { Table } from '../engine.ts'
import type { NodeStorage, StorageEvent } from '../types.ts'
import { blockAt } from './blocks.ts'
import { damage } from './harness.ts'
import type { Place } from './harness.ts'

/** The store under test, in a new place for every test, with what tests do to it. */
export class Subject {
  place!: Place
  store!: NodeStorage
  /** What the store told since it was opened. */
  events: StorageEvent[] = []

  async start(place: Place): Promise<void> {
    this.place = place
    await this.openAgain()
  }

  async reopen(): Promise<void> {
    await this.store.close()
    await this.openAgain()
  }

  /** Commits the blocks that are missing up to `height`. */
  async commitTo(height: number): Promise<void> {
    for (let next = ((await this.store.head())?.height ?? 0) + 1; next <= height; next++) await this.store.commitBlock(blockAt(next))
  }

  /** Closes the store, flips a bit of one row, opens the store again. */
  async damageClosed(table: Table, key: Uint8Array, byte?: number): Promise<void> {
    await this.store.close()
    await damage(this.place, table, key, byte)
    await this.openAgain()
  }

  /** How many rows a table really has. */
  async rowsOf(table: Table): Promise<number> {
    await this.store.close()
    const engine = await this.place.engine()
    const { length } = await engine.keys(table, {}, 1e6)
    await engine.close()
    await this.openAgain()
    return length
  }

  /** The height the state is of, going by the entry every block rewrites. */
  async heightOfState(): Promise<number> {
    return Number(new TextDecoder().decode((await this.store.readState('counter')) ?? undefined))
  }

  private async openAgain(): Promise<void> {
    this.events = []
    this.store = await this.place.open({ onEvent: (event) => this.events.push(event) })
  }
}
