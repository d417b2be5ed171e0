import type { Receipt, WorldEvent } from '../../../world/index.ts'
import { LocalWorld, localGenesis } from '../bench/local-world.ts'

export { MASTER } from '../bench/local-world.ts'

/** A local world that remembers everything that happened. */
export class TestWorld extends LocalWorld {
  readonly receipts: Receipt[] = []
  readonly events: WorldEvent[] = []
  readonly actionsPerBlock: number[] = []

  static async create(settled: number): Promise<TestWorld> {
    return new TestWorld(await localGenesis(settled))
  }

  /** The height of the block. */
  next(): number {
    const { actions, result } = this.block()
    this.actionsPerBlock.push(actions.length)
    this.receipts.push(...result.receipts)
    this.events.push(...result.events)
    return result.height
  }
}
