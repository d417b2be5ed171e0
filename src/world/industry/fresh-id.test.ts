import { expect, it } from 'vitest'
import type { ActionContext } from '../actions/action-rule.ts'
import { DEFAULT_PARAMS } from '../params.ts'
import type { AgentRecord } from '../state/records.ts'
import { buildFactory } from './build-factory.ts'
import { freshId } from './fresh-id.ts'
import { ann, buildPlan, Workshop } from './testing/workshop.ts'

it('an id is that of actor and nonce, and nobody gets one that is taken', () => {
  const world = new Workshop()
  const agent = world.agent(ann.id)
  const context = { actor: ann.id, agent, height: 9, params: DEFAULT_PARAMS, state: { get: () => null } } as unknown as ActionContext
  const id = freshId(context, 'factory')
  expect(id).toMatch(/^factory\/[0-9a-f]{16}$/)
  expect(freshId({ ...context, agent: { ...agent, nonce: agent.nonce + 1 } as AgentRecord }, 'factory')).not.toBe(id)
  const full = { ...context, state: { get: (key: string) => (key === id ? {} : null) } }
  expect(freshId(full, 'factory')).toBeNull()
  const action = { kind: 'build_factory', factory_kind: 'factory.test.mk1' }
  const facts = { asteroid: world.site, materials: { structural_frame: 10 } }
  const ruling = { override: buildPlan().payload, storageLimit: null, commonStorageLimit: null, cargoLimit: null }
  expect(buildFactory.conclude(context, action, facts, ruling)).toMatchObject({ event: 'factory.build_started', payload: { factory: id } })
  expect(buildFactory.conclude(full, action, facts, ruling)).toMatchObject({ code: 'ID_TAKEN' })
})
