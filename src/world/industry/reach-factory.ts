import type { ActionContext } from '../actions/action-rule.ts'
import { reject } from '../rejections.ts'
import type { Rejection } from '../rejections.ts'
import { mayUse } from './access.ts'
import { readFactory } from './read.ts'
import type { FactoryRecord } from './records.ts'
import { whyCannotWork } from './work.ts'

/** The factory, if the actor may use it, it is complete, and the actor stands in it with free hands. */
export function reachFactory({ state, actor, agent }: ActionContext, id: string): Rejection | { readonly factory: FactoryRecord } {
  const factory = readFactory(state, id)
  if (factory === null) return reject('FACTORY_NOT_FOUND', { factory: id })
  if (!mayUse(state, actor, factory.owner)) return reject('FACTORY_ACCESS_DENIED', { factory: id, owner: factory.owner })
  if (!factory.ready) return reject('FACTORY_NOT_READY', { factory: id, ready_height: factory.ready_height })
  const problem = whyCannotWork(agent!)
  if (problem !== null) return problem
  return factory.asteroid === agent!.location ? { factory } : reject('FACTORY_ELSEWHERE', { factory: id, asteroid: factory.asteroid })
}
