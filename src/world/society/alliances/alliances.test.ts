import { describe, expect, it } from 'vitest'
import type { ValueMap } from '../../../codec/index.ts'
import { allianceOf } from '../read.ts'
import type { AllianceRecord } from '../records.ts'
import { ann, bob, cid, Commons, dora, eve } from '../testing/commons.ts'
import type { Inhabitant } from '../../testing/test-world.ts'

const form = (name: string, ...invite: readonly Inhabitant[]): ValueMap => ({ kind: 'form_alliance', name, invite: invite.map(({ id }) => id) })
const join = (alliance_id: string): ValueMap => ({ kind: 'join_alliance', alliance_id })
const invite = (alliance_id: string, { id: agent }: Inhabitant): ValueMap => ({ kind: 'invite_to_alliance', alliance_id, agent })
const LEAVE: ValueMap = { kind: 'leave_alliance' }
const DISSOLVE: ValueMap = { kind: 'dissolve_alliance' }
const NOWHERE = 'alliance/0000000000000000'

const record = (world: Commons, id: string): AllianceRecord => world.read(id) as AllianceRecord
const memberOf = (world: Commons, { id }: Inhabitant): string | null => allianceOf({ get: (key) => world.kernel.query(key).value }, id)
const atWar = (world: Commons, id: string): void => world.put({ [id]: { ...record(world, id), war: 'war/0000000000000000' } })

describe('an alliance', () => {
  it('begins with its founder and grows by invitation', () => {
    const world = new Commons()
    const id = world.must(ann, form('Miners', bob))['alliance_id'] as string
    expect(record(world, id)).toEqual({
      name: 'Miners', founder: ann.id, members: [ann.id], invitations: [{ agent: bob.id, until_height: 501 }], formed_height: 1, war: null, truce_until_height: 0,
    })
    world.must(bob, join(id))
    world.must(bob, invite(id, cid))
    world.must(cid, join(id))
    expect(record(world, id)).toMatchObject({ founder: ann.id, members: [ann.id, bob.id, cid.id].sort(), invitations: [] })
    expect([ann, bob, cid, dora].map((who) => memberOf(world, who))).toEqual([id, id, id, null])
  })

  it('is led by the first of those left when its founder leaves, and ends with the last', () => {
    const world = new Commons()
    const id = world.alliance('Miners', ann, bob, cid)
    const [next, last] = [bob, cid].sort((a, b) => (a.id < b.id ? -1 : 1)) as [Inhabitant, Inhabitant]
    expect(world.must(ann, LEAVE)).toMatchObject({ alliance_id: id, founder: next.id })
    expect(record(world, id)).toMatchObject({ founder: next.id, members: [next.id, last.id] })
    expect(world.must(last, LEAVE)).toMatchObject({ founder: next.id })
    expect(world.must(next, LEAVE)).toMatchObject({ founder: null })
    expect(world.read(id)).toBe(null)
    expect([ann, bob, cid].map((who) => memberOf(world, who))).toEqual([null, null, null])
    expect(world.alliance('Again', ann, bob)).not.toBe(id)
  })

  it('is ended by its founder for all', () => {
    const world = new Commons()
    const id = world.alliance('Miners', ann, bob)
    expect(world.must(ann, DISSOLVE)).toMatchObject({ alliance_id: id, members: [ann.id, bob.id].sort() })
    expect(world.read(id)).toBe(null)
    expect([ann, bob].map((who) => memberOf(world, who))).toEqual([null, null])
  })

  it('forgets invitations that ran out', () => {
    const world = new Commons({ invitation_blocks: 3 })
    const id = world.must(ann, form('Miners', bob, cid))['alliance_id'] as string
    world.advanceTo(4)
    expect(world.code(bob, join(id))).toBe('NOT_INVITED')
    world.must(ann, invite(id, bob))
    expect(record(world, id).invitations.map(({ agent }) => agent)).toEqual([bob.id])
    expect(world.code(bob, join(id))).toBe(null)
  })
})

describe('rejections', () => {
  it('of forming', () => {
    const world = new Commons()
    expect(world.code(ann, form('Miners', ann))).toBe('BAD_INVITATIONS')
    expect(world.code(ann, form('Miners', bob, bob))).toBe('BAD_INVITATIONS')
    expect(world.code(ann, { kind: 'form_alliance', name: 'Miners', invite: [`agent/${'0'.repeat(32)}`] })).toBe('AGENT_NOT_FOUND')
    expect(world.code(ann, form(''))).toBe('BAD_ACTION')
    expect(world.code(ann, { kind: 'form_alliance', name: 'Miners', invite: Array.from({ length: 16 }, () => bob.id) })).toBe('BAD_ACTION')
    world.must(ann, form('Miners'))
    expect(world.code(ann, form('Others'))).toBe('ALREADY_ALLIED')
  })

  it('of inviting', () => {
    const world = new Commons()
    const id = world.alliance('Miners', ann, bob)
    expect(world.code(ann, invite(NOWHERE, cid))).toBe('ALLIANCE_NOT_FOUND')
    expect(world.code(cid, invite(id, dora))).toBe('NOT_IN_ALLIANCE')
    expect(world.code(ann, { kind: 'invite_to_alliance', alliance_id: id, agent: `agent/${'0'.repeat(32)}` })).toBe('AGENT_NOT_FOUND')
    expect(world.code(ann, invite(id, bob))).toBe('ALREADY_ALLIED')
    world.must(ann, invite(id, cid))
    expect(world.code(bob, invite(id, cid))).toBe('ALREADY_INVITED')
    const strangers = Array.from({ length: 15 }, (_, index) => ({ agent: `agent/${String(index).padStart(32, '0')}`, until_height: 100 }))
    world.put({ [id]: { ...record(world, id), invitations: [...record(world, id).invitations, ...strangers] } })
    expect(world.code(ann, invite(id, dora))).toBe('ALLIANCE_FULL')
  })

  it('of joining', () => {
    const world = new Commons()
    const miners = world.must(ann, form('Miners', bob, cid))['alliance_id'] as string
    expect(world.code(bob, join(NOWHERE))).toBe('ALLIANCE_NOT_FOUND')
    expect(world.code(dora, join(miners))).toBe('NOT_INVITED')
    world.alliance('Smelters', dora, eve)
    world.must(ann, invite(miners, eve))
    expect(world.code(eve, join(miners))).toBe('ALREADY_ALLIED')
    const crowd = Array.from({ length: 15 }, (_, index) => `agent/${String(index).padStart(32, '0')}`)
    const before = record(world, miners)
    world.put({ [miners]: { ...before, members: [...crowd, ann.id] } })
    expect(world.code(bob, join(miners))).toBe('ALLIANCE_FULL')
    world.put({ [miners]: before })
    atWar(world, miners)
    expect(world.code(bob, join(miners))).toBe('ALLIANCE_AT_WAR')
  })

  it('of leaving and dissolving', () => {
    const world = new Commons()
    expect(world.code(ann, LEAVE)).toBe('NOT_IN_ALLIANCE')
    expect(world.code(ann, DISSOLVE)).toBe('NOT_IN_ALLIANCE')
    const id = world.alliance('Miners', ann, bob)
    expect(world.code(bob, DISSOLVE)).toBe('NOT_FOUNDER')
    atWar(world, id)
    expect(world.code(bob, LEAVE)).toBe('ALLIANCE_AT_WAR')
    expect(world.code(ann, DISSOLVE)).toBe('ALLIANCE_AT_WAR')
  })
})
