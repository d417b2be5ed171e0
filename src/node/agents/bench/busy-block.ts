import { createScriptedAgents } from '../index.ts'
import { LocalWorld, localGenesis, MASTER } from './local-world.ts'

/** Blocks until industry and society are under way, and blocks measured. */
const WARM_UP = 300
const MEASURED = 200
/** What the testnet uses unless told otherwise. */
const BLOCK_INTERVAL_MS = 1_000

export interface BusyBlockRun {
  readonly agents: number
  readonly median_ms: number
  readonly p95_ms: number
  readonly actions_per_block: number
  /** Median time of a block, signatures aside, as a share of the block interval. */
  readonly share_of_interval: number
}

/** Execution time of blocks of belt-small with `count` agents and every built-in module active. */
export async function benchBusyBlock(count: number, now: () => number): Promise<BusyBlockRun> {
  const world = new LocalWorld(await localGenesis(count))
  const agents = createScriptedAgents({ host: world.host, master: MASTER, count })
  const times: number[] = []
  let actions = 0
  for (let i = 0; i < WARM_UP + MEASURED; i++) {
    const started = now()
    const block = world.block()
    if (i >= WARM_UP) {
      times.push(now() - started)
      actions += block.actions.length
    }
    await agents.onHeight(block.result.height)
  }
  times.sort((a, b) => a - b)
  const median_ms = times[MEASURED >> 1]!
  return {
    agents: count, median_ms, p95_ms: times[Math.floor(MEASURED * 0.95)]!, actions_per_block: actions / MEASURED,
    share_of_interval: median_ms / BLOCK_INTERVAL_MS,
  }
}
