import type { ActionContext } from '../actions/action-rule.ts'
import { reject } from '../rejections.ts'
import type { Rejection } from '../rejections.ts'
import { FACTORY_PREFIX } from './keys.ts'
import { readAgent } from '../state/read.ts'
import type { Materials } from '../state/records.ts'
import type { StagedState, StateReader } from '../state/state.ts'
import { mayUse } from './access.ts'
import { addMaterials, subtractMaterials, unitsOf } from './bill.ts'
import { cargoUsed, putIntoCargo, takeFromCargo } from './cargo.ts'
import { readFactory, updateFactory } from './read.ts'
import { whyCannotWork } from './work.ts'

// An agent's cargo and a factory's store, as places material can be in.

export interface Holder {
  readonly asteroid: string
  readonly materials: Materials
}

const isFactory = (ledger: string): boolean => ledger.startsWith(FACTORY_PREFIX)

/** The ledger, if the actor may take material out of it: its own cargo while it is docked and free, or a factory it has access to. */
export function sourceOf({ state, actor, agent }: ActionContext, ledger: string): Rejection | Holder {
  if (isFactory(ledger)) return usableFactory(state, actor, ledger)
  if (ledger !== actor) return reject('LEDGER_NOT_YOURS', { from: ledger })
  return whyCannotWork(agent!) ?? { asteroid: agent!.location!, materials: agent!.materials }
}

/** The ledger, if the actor may put material into it: any docked agent's cargo (its own while it is free), or a factory it has access to. */
export function receiverOf({ state, actor, agent }: ActionContext, ledger: string): Rejection | Holder {
  if (isFactory(ledger)) return usableFactory(state, actor, ledger)
  const receiver = readAgent(state, ledger)
  if (receiver === null) return reject('AGENT_NOT_FOUND', { agent: ledger })
  const problem = ledger === actor ? whyCannotWork(agent!) : null
  if (problem !== null) return problem
  if (receiver.location === null) return reject('RECEIVER_AWAY', { agent: ledger })
  return { asteroid: receiver.location, materials: receiver.materials }
}

function usableFactory(state: StateReader, actor: string, id: string): Rejection | Holder {
  const factory = readFactory(state, id)
  if (factory === null) return reject('FACTORY_NOT_FOUND', { factory: id })
  if (!mayUse(state, actor, factory.owner)) return reject('FACTORY_ACCESS_DENIED', { factory: id, owner: factory.owner })
  if (!factory.ready) return reject('FACTORY_NOT_READY', { factory: id, ready_height: factory.ready_height })
  return { asteroid: factory.asteroid, materials: factory.materials }
}

/** Units of a factory's store that nothing is stored in and no running job will need. */
export function roomInFactory(state: StateReader, id: string): number {
  const { materials, reserved, spec } = readFactory(state, id)!
  return Math.max(0, spec.storage_capacity - unitsOf(materials) - reserved)
}

/** Units of cargo an agent has free, if it can carry `capacity`. */
export function roomInCargo(state: StateReader, id: string, capacity: number): number {
  return Math.max(0, capacity - cargoUsed(readAgent(state, id)!))
}

/** Why `amount` does not fit into a ledger; null when it does. */
export function whyNoRoom(state: StateReader, ledger: string, amount: number, cargoCapacity: number): Rejection | null {
  const room = isFactory(ledger) ? roomInFactory(state, ledger) : roomInCargo(state, ledger, cargoCapacity)
  if (room >= amount) return null
  return isFactory(ledger) ? reject('FACTORY_STORAGE_FULL', { factory: ledger, room, amount }) : reject('CARGO_FULL', { agent: ledger, room, amount })
}

/** The ledger must hold `materials`. */
export function takeFrom(state: StagedState, ledger: string, materials: Materials): void {
  if (!isFactory(ledger)) takeFromCargo(state, ledger, materials)
  else updateFactory(state, ledger, { materials: subtractMaterials(readFactory(state, ledger)!.materials, materials) })
}

/** The ledger must exist. */
export function putInto(state: StagedState, ledger: string, materials: Materials): void {
  if (!isFactory(ledger)) putIntoCargo(state, ledger, materials)
  else updateFactory(state, ledger, { materials: addMaterials(readFactory(state, ledger)!.materials, materials) })
}
