import { describe, expect, it } from 'vitest'
import { executeSigned, verifyActions } from './execute-signed.ts'
import { inhabitant, TestWorld } from './testing/test-world.ts'

const [ann, bob, dora] = ['ann', 'bob', 'dora'].map(inhabitant) as [ReturnType<typeof inhabitant>, ReturnType<typeof inhabitant>, ReturnType<typeof inhabitant>]
const OBSERVE = { kind: 'query_observation' }

describe('executing while signatures are verified', () => {
  it('gives what the kernel gives alone, with good signatures, forged ones, newcomers and garbage in one block', async () => {
    const world = new TestWorld()
    const register = { kind: 'register_agent', public_key: dora.signer.publicKey, name: 'Dora' }
    const honest = [await world.sign(ann, OBSERVE), await world.sign(dora, register), await world.sign(dora, OBSERVE, { nonce: 2 })]
    const forged = await world.sign({ id: bob.id, signer: ann.signer }, { kind: 'move_agent', to: 'asteroid/0007' })
    const stranger = await world.sign(inhabitant('eve'), OBSERVE)
    const garbage = { ...honest[0]!, payload_cbor: Uint8Array.of(1) }
    for (const actions of [honest, [...honest, forged], [forged, stranger, garbage, ...honest], []]) {
      const alone = world.kernel.executeBlock(world.context(), actions)
      world.kernel.rollback()
      const result = await executeSigned(world.kernel, world.context(), actions)
      expect(result).toEqual(alone)
      expect(result.receipts.filter(({ action_id }) => action_id === forged.action_id).every(({ code }) => code === 'BAD_SIGNATURE')).toBe(true)
    }
    world.kernel.executeBlock(world.context(), [])
    await executeSigned(world.kernel, world.context(), [forged])
    world.kernel.commit()
    expect(world.agent(bob.id)).toMatchObject({ motion: null, nonce: 0 })
  })

  it('verifies ahead what has a key, and leaves the rest to the kernel', async () => {
    const world = new TestWorld()
    const good = await world.sign(ann, OBSERVE)
    const forged = await world.sign({ id: bob.id, signer: ann.signer }, OBSERVE)
    const stranger = await world.sign(inhabitant('eve'), OBSERVE)
    expect([...(await verifyActions(world.kernel, [good, forged, stranger]))]).toEqual([[good.action_id, true], [forged.action_id, false]])
  })
})
