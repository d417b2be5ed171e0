import type { Value } from '../../codec/index.ts'
import { applyEvent } from '../apply-event.ts'
import { eventHash } from '../event-log.ts'
import type { Genesis } from '../genesis.ts'
import { genesisItems } from '../genesis-state.ts'
import { recordCheckpoint } from '../governance/record-checkpoint.ts'
import { takeDue } from '../schedule.ts'
import { HEAD_KEY, recentBlockKey } from '../state/keys.ts'
import { rootHash } from '../state/merkle-tree.ts'
import { readHead } from '../state/read.ts'
import { CommittedState, StagedState } from '../state/state.ts'
import type { BlockContext, BlockResult } from '../types.ts'

/** The state of a world worked out from its events alone. */
export class EventFold {
  private readonly state: CommittedState

  constructor(genesis: Genesis, worldId: string) {
    this.state = new CommittedState(0, genesisItems(genesis, worldId))
  }

  /** The state root after the events of the next block. */
  apply(context: BlockContext, result: BlockResult): Uint8Array {
    const staged = new StagedState(this.state)
    // The bookkeeping of a block besides its events.
    staged.set(recentBlockKey(context.height - 1), { height: context.height - 1, block_hash: context.parent_hash })
    recordCheckpoint(staged, this.state)
    takeDue(staged, context.height)
    for (const event of result.events) applyEvent(staged, event)
    const head = readHead(staged)
    const last = result.events.at(-1)
    staged.set(HEAD_KEY, {
      ...head, height: context.height, event_count: head.event_count + result.events.length,
      last_event_hash: last === undefined ? head.last_event_hash : eventHash(last),
    } as unknown as Value)
    const changes = staged.changes()
    const tree = this.state.treeAfter(changes)
    this.state.apply(context.height, changes, tree)
    return rootHash(tree)
  }
}
