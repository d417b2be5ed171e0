import { validatorSetHash } from '../codec/index.ts'
import type { NodeConsensusAction, Value } from '../codec/index.ts'
import { applyEvent } from './apply-event.ts'
import { EventLog } from './event-log.ts'
import { executeAction } from './execute-action.ts'
import type { BlockScope } from './execute-action.ts'
import { closeGovernance } from './governance/close-block.ts'
import { changeEvents } from './governance/apply-proposal.ts'
import { recordCheckpoint } from './governance/record-checkpoint.ts'
import type { ProposalRecord } from './governance/records.ts'
import { governanceReserve } from './governance/reserve.ts'
import type { BlockRun } from './governance/shadow.ts'
import { leafHash, merkleRootOfLeaves } from './merkle-list.ts'
import { subscriptionsOf } from './modules/active-modules.ts'
import type { ModuleBytes } from './modules/module-bytes.ts'
import { Neighbourhood } from './observation.ts'
import type { WorldParams } from './params.ts'
import type { DueHandler } from './part.ts'
import { PARTS } from './parts.ts'
import type { Receipt } from './receipts.ts'
import { Metering } from './rules/metering.ts'
import { ModuleCalls } from './rules/module-calls.ts'
import { ModuleHost } from './rules/module-host.ts'
import type { Subscriptions } from './rules/subscriptions.ts'
import { takeDue } from './schedule.ts'
import { HEAD_KEY, recentBlockKey } from './state/keys.ts'
import { rootHash } from './state/merkle-tree.ts'
import type { TreeNode } from './state/merkle-tree.ts'
import { readCurrentValidators, readHead, readNextValidators } from './state/read.ts'
import { StagedState } from './state/state.ts'
import type { CommittedState, StateChange } from './state/state.ts'
import type { BlockContext, BlockResult, ModuleExecutor } from './types.ts'

/** What a world gives every block. */
export interface WorldSetup {
  readonly worldId: string
  readonly params: WorldParams
  readonly asteroids: number
  /** Those of the committed state. */
  readonly subscriptions: Subscriptions
  readonly bytes: ModuleBytes
  readonly executor: ModuleExecutor
}

export interface StagedBlock {
  readonly result: BlockResult
  readonly changes: readonly StateChange[]
  readonly tree: TreeNode | null
}

/**
 * Executes a block over a committed state and changes nothing: what was due, ticks, the actions in order, the epoch. `agentIds` are those
 * of the committed state, ascending. Throws `ExecutionInterrupted`, or `CHECKPOINT_MISSING` when the world goes back to a state that is not here.
 */
export function executeBlock(
  setup: WorldSetup, base: CommittedState, agentIds: readonly string[],
  context: BlockContext, actions: readonly NodeConsensusAction[], verdicts: ReadonlyMap<string, boolean> | undefined,
): StagedBlock {
  const { height, parent_hash: parentHash } = context
  const { worldId, bytes } = setup
  const block: Block = { base, agentIds, context, actions, verdicts }
  const state = new StagedState(base)
  const log = new EventLog(height, state)
  recordCheckpoint(state, base)
  const actual = runBlock(setup, setup.subscriptions, block, state, log)
  closeGovernance({ worldId, height, bytes, state, log, base, parentHash, actual, rerun: (id, proposal) => rerunBlock(setup, block, id, proposal) })
  return complete(base, state, log, height, actual.receipts, actual.fuelUsed)
}

interface Block {
  readonly base: CommittedState
  readonly agentIds: readonly string[]
  readonly context: BlockContext
  readonly actions: readonly NodeConsensusAction[]
  readonly verdicts: ReadonlyMap<string, boolean> | undefined
}

/** The block as it would have been, had a proposal's modules run already. Its checks passed in the state before the block. */
function rerunBlock(setup: WorldSetup, block: Block, proposalId: string, proposal: ProposalRecord): BlockRun {
  const state = new StagedState(block.base)
  const before = block.context.height - 1
  for (const { event, payload } of changeEvents(state, proposalId, before, proposal)) applyEvent(state, { id: '', kind: event, payload })
  return runBlock(setup, subscriptionsOf(state, setup.bytes), block, state, new EventLog(block.context.height, state))
}

/** Everything in a block that actions, modules and the schedule bring about. */
function runBlock(setup: WorldSetup, subscriptions: Subscriptions, { base, agentIds, context, actions, verdicts }: Block, state: StagedState, log: EventLog): BlockRun {
  const { height } = context
  const { params, worldId } = setup
  const metering = new Metering(state, log, params)
  const host = new ModuleHost(setup.executor, height, params.block_fuel_limit, governanceReserve(base, params.block_fuel_limit), metering)
  const modules = new ModuleCalls({ host, subscriptions, state, before: base, log, context: { state, height, params } })

  state.set(recentBlockKey(height - 1), { height: height - 1, block_hash: context.parent_hash })
  completeDue(state, log, height, params)
  modules.tellEvents()
  modules.tick(height)
  modules.tellEvents()

  const neighbourhood = new Neighbourhood(state, agentIds, height, params.visibility_range_cm, params.observation_limit)
  const scope: BlockScope = {
    state, log, host, modules, worldId, height,
    maxValidityBlocks: params.max_action_validity_blocks,
    registrationsLeft: params.registrations_per_block,
    kernelContext: { state, worldId, height, params, asteroids: setup.asteroids, observe: (from, except) => neighbourhood.around(from, except) },
  }
  const receipts = actions.map((action) => executeAction(scope, action, verdicts?.get(action.action_id)))
  if (height % params.epoch_blocks === 0) changeEpoch(state, log)
  modules.tellEvents()
  modules.close()
  metering.close()
  return { state, events: log.recorded(), receipts, fuelUsed: host.fuelUsed }
}

const DUE_HANDLERS: ReadonlyMap<string, DueHandler> = new Map(PARTS.flatMap(({ due }) => due))

function completeDue(state: StagedState, log: EventLog, height: number, params: WorldParams): void {
  for (const entry of takeDue(state, height)) {
    for (const { event, payload } of DUE_HANDLERS.get(entry.kind)!({ state, height, params }, entry)) log.emit(`schedule:${entry.cause}`, event, payload)
  }
}

/** Stake changes gathered since the last boundary take effect: the new set decides the next height. */
function changeEpoch(state: StagedState, log: EventLog): void {
  const next = readNextValidators(state)
  if (sameSet(next, readCurrentValidators(state))) return
  log.emit('block', 'validator_set.changed', { validators: next as unknown as Value })
}

function sameSet(a: ReturnType<typeof readNextValidators>, b: typeof a): boolean {
  // A slash never changes keys.
  return a.length === b.length && a.every(({ validator_id, stake }, index) => validator_id === b[index]!.validator_id && stake === b[index]!.stake)
}

function complete(base: CommittedState, state: StagedState, log: EventLog, height: number, receipts: readonly Receipt[], fuel_used: number): StagedBlock {
  const head = readHead(state)
  const { events, hashes } = log.close(head.last_event_hash)
  state.set(HEAD_KEY, {
    ...head, height,
    event_count: head.event_count + events.length,
    last_event_hash: hashes[hashes.length - 1] ?? head.last_event_hash,
  })
  const changes = state.changes()
  const tree = base.treeAfter(changes)
  const next_validators = readCurrentValidators(state)
  const result: BlockResult = {
    height,
    state_root: rootHash(tree),
    receipts_root: merkleRootOfLeaves(receipts.map((receipt) => leafHash(receipt as unknown as Value))),
    events_root: merkleRootOfLeaves(hashes),
    receipts,
    events,
    next_validators,
    next_validators_hash: validatorSetHash(next_validators),
    fuel_used,
  }
  return { result, changes, tree }
}

