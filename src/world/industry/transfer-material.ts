import type { Value } from '../../codec/index.ts'
import { defineAction } from '../actions/action-rule.ts'
import { slotCounts } from '../body/slots.ts'
import { distanceCm, travelBlocks } from '../geometry.ts'
import type { DueHandler } from '../part.ts'
import { isRejection, reject } from '../rejections.ts'
import { scheduleAt } from '../schedule.ts'
import { AGENT_PREFIX } from '../state/keys.ts'
import { readAgent, readAsteroid } from '../state/read.ts'
import type { StagedState, StateReader } from '../state/state.ts'
import { amountOf } from './bill.ts'
import { cargoCapacity } from './cargo.ts'
import type { MaterialTransferred, TransitCompleted, TransitStarted } from './events.ts'
import { freshId } from './fresh-id.ts'
import { putInto, receiverOf, roomInCargo, roomInFactory, sourceOf, takeFrom, whyNoRoom } from './holders.ts'
import { transitsOfKey } from './keys.ts'
import { MATERIAL_KINDS } from './materials.ts'
import { badPlan, transitPlanSchema } from './plans.ts'
import { countOne, stageAfter } from './progress.ts'
import { addToIndex, readFactory, readIndex, readTransit, removeFromIndex } from './read.ts'
import type { TransitRecord } from './records.ts'
import { transferMaterialShape } from './shapes.ts'

/**
 * Material from one ledger to another. By hand, to or from one's own cargo, the agent must be docked and free; between factories it may be
 * anywhere. At the same asteroid it happens at once, else it takes time and loses some: how much is for the rules to say.
 */
export const transferMaterial = defineAction({
  kind: 'transfer_material',
  actors: 'agents',
  shape: transferMaterialShape,
  override: transitPlanSchema,
  plan: 'economy.transit_plan',
  fuel: 0,
  examine: (context, { from, to, material, amount, priority }) => {
    const { state, params, actor, agent } = context
    const kind = MATERIAL_KINDS.get(material)
    if (kind === undefined) return reject('MATERIAL_UNKNOWN', { material })
    if (amount < 1) return reject('INVALID_AMOUNT', { amount })
    if (from === to) return reject('SAME_LEDGER')
    const source = sourceOf(context, from)
    if (isRejection(source)) return source
    const available = amountOf(source.materials, material)
    if (available < amount) return reject('INSUFFICIENT_MATERIAL', { material, required: amount, available })
    const receiver = receiverOf(context, to)
    if (isRejection(receiver)) return receiver
    const same_location = source.asteroid === receiver.asteroid
    const in_flight = readIndex(state, transitsOfKey(actor)).length
    const max = params.industry.transits_per_agent
    if (!same_location && in_flight >= max) return reject('TRANSIT_LIMIT', { in_flight, max })
    const distance_cm = same_location ? 0 : distanceCm(readAsteroid(state, source.asteroid)!.position, readAsteroid(state, receiver.asteroid)!.position)
    return {
      facts: {
        material, amount, loss_class: kind.loss, distance_cm, same_location, in_flight, priority, available,
        from_asteroid: source.asteroid, to_asteroid: receiver.asteroid,
        // A limit the rules state is that of the cargo the material goes into.
        cargo_slots: slotCounts(state, isAgent(to) ? to : actor).cargo,
        electricity: agent!.electricity,
      },
    }
  },
  conclude: (context, { from, to, material, amount, priority }, { same_location, distance_cm, from_asteroid, to_asteroid }, ruling) => {
    const { state, params, actor, height } = context
    const cargo = cargoCapacity(context, ruling)
    const noRoom = whyNoRoom(state, to, amount, cargo)
    if (same_location) return noRoom ?? { event: 'material.transferred', payload: { agent: actor, from, to, asteroid: from_asteroid, material, amount } }
    if (ruling.override === null) return reject('RULE_MISSING')
    const { blocks, loss_bps } = ruling.override
    if (blocks > params.industry.plan_blocks_max) return badPlan('the transit takes too long')
    if (blocks < travelBlocks(distance_cm, params.industry.transit_max_cm_per_block)) return badPlan('the transit is too fast')
    const transit = freshId(context, 'transit')
    if (transit === null) return reject('ID_TAKEN')
    return {
      event: 'transit.started',
      payload: {
        agent: actor, transit, from, to, from_asteroid, to_asteroid, material, amount, priority, distance_cm, loss_bps,
        capacity: isAgent(to) ? cargo : null, depart_height: height, arrive_height: height + blocks,
      },
    }
  },
})

const isAgent = (ledger: string): boolean => ledger.startsWith(AGENT_PREFIX)

export function applyMaterialTransferred(state: StagedState, { from, to, material, amount }: MaterialTransferred): void {
  takeFrom(state, from, { [material]: amount })
  putInto(state, to, { [material]: amount })
}

export function applyTransitStarted(state: StagedState, event: TransitStarted, eventId: string): void {
  const { agent, transit, from, to, from_asteroid, to_asteroid, material, amount, priority, loss_bps, capacity, depart_height, arrive_height } = event
  takeFrom(state, from, { [material]: amount })
  const record: TransitRecord = { agent, from, to, from_asteroid, to_asteroid, material, amount, priority, loss_bps, capacity, depart_height, arrive_height }
  state.set(transit, record as unknown as Value)
  addToIndex(state, transitsOfKey(agent), transit)
  scheduleAt(state, arrive_height, { kind: 'transit_end', subject: transit, cause: eventId })
}

/** What is not lost on the way and finds room arrives; the rest is gone, and the event says why. */
export const transitEnd: DueHandler = ({ state, height }, { subject: transit }) => {
  const record = readTransit(state, transit)
  if (record === null || record.arrive_height > height) return []
  const { agent: requester, from, to, material, amount: sent, loss_bps } = record
  const arriving = sent - Math.ceil((sent * loss_bps) / 10_000)
  const { room, reason } = welcome(state, record)
  const received = Math.min(arriving, room)
  return [
    {
      event: 'transit.completed',
      payload: { transit, requester, from, to, material, sent, received, lost: sent - received, reason: received === arriving ? null : reason },
    },
    ...stageAfter(state, 'completed_transits'),
  ]
}

/** How much the receiver can take in, and what it would be for if it is too little. */
function welcome(state: StateReader, { to, to_asteroid, capacity }: TransitRecord): { readonly room: number; readonly reason: Exclude<TransitCompleted['reason'], null> } {
  if (capacity === null) {
    return readFactory(state, to) === null ? { room: 0, reason: 'receiver_gone' } : { room: roomInFactory(state, to), reason: 'receiver_full' }
  }
  const there = readAgent(state, to)!.location === to_asteroid
  return there ? { room: roomInCargo(state, to, capacity), reason: 'receiver_full' } : { room: 0, reason: 'receiver_elsewhere' }
}

export function applyTransitCompleted(state: StagedState, { transit, requester, to, material, received }: TransitCompleted): void {
  if (received > 0) putInto(state, to, { [material]: received })
  state.set(transit, null)
  removeFromIndex(state, transitsOfKey(requester), transit)
  countOne(state, 'completed_transits')
}
