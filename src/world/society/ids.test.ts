import { expect, it } from 'vitest'
import type { ValueMap } from '../../codec/index.ts'
import { newId } from '../new-id.ts'
import { ann, bob, cid, Commons, dora } from './testing/commons.ts'

it('whoever finds a key whose next id is taken gets another one, and takes nothing away', () => {
  const world = new Commons()
  const miners = world.alliance('Miners', cid, dora)
  const order: ValueMap = {
    kind: 'open_economic_contract', counterparty: null, deliver: { material: 'gear', amount: 1 }, payment: { resource: 'data', amount: 1 }, reputation_stake: 0,
    expires_in_blocks: 9, description: '',
  }
  const first = world.must(bob, order)['contract_id'] as string
  const contract = world.read(first)
  const squat = (prefix: string, record: unknown): string => {
    const id = newId(prefix, ann.id, world.agent(ann.id).nonce + 1)
    world.put({ [id]: record })
    return id
  }
  const taken = squat('contract', contract)
  expect(world.code(ann, order)).toBe('ID_TAKEN')
  expect(world.read(taken)).toEqual(contract)
  expect(world.code(ann, order)).toBe(null)

  squat('alliance', world.read(miners))
  expect(world.code(ann, { kind: 'form_alliance', name: 'Raiders', invite: [] })).toBe('ID_TAKEN')
  world.alliance('Raiders', ann, bob)

  const declare = { kind: 'declare_war', defender: miners, objective: '', intensity: 1 }
  squat('war', { aggressor: miners, defender: miners, initiator: cid.id, objective: '', intensity: 1, declared_height: 1, ends_height: 2, result: null })
  expect(world.code(ann, declare)).toBe('ID_TAKEN')
  expect(world.code(ann, declare)).toBe(null)
})
