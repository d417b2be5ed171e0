import { expect, it } from 'vitest'
import { rolesOf, rosterOf } from './roles.ts'

const key = (n: number): Uint8Array => new Uint8Array(32).fill(n)
const governance = { signers: [{ signer_id: 'ann', public_key: key(1) }, { signer_id: 'ben', public_key: key(2) }], guardians: [{ guardian_id: 'gus', public_key: key(1) }], threshold: 2 }

it('finds every role of a key by the key alone, never by a name', () => {
  const roster = rosterOf({ version: 1, governance })
  expect(rolesOf(key(1), roster, 'Ada')).toEqual({ signer: ['ann'], guardian: ['gus'], agent: 'Ada' })
  expect(rolesOf(key(2), roster, null)).toEqual({ signer: ['ben'], guardian: [], agent: null })
  expect(rolesOf(key(3), roster, null)).toEqual({ signer: [], guardian: [], agent: null })
})

it('knows a world without governance', () => {
  for (const manifest of [null, { governance: null }, { version: 1 }]) expect(rolesOf(key(1), rosterOf(manifest), null)).toEqual({ signer: [], guardian: [], agent: null })
})
