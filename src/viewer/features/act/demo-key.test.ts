import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { actionPayload, agentIdOf, decodeActionEnvelope } from '../../../codec/index.ts'
import { verifyEd25519Portable } from '../../../crypto/index.ts'
import * as demoKey from './demo-key.ts'

const context = { worldId: `belt.${'a'.repeat(64)}`, nonce: 4, validUntilHeight: 99 }

beforeEach(() => {
  const entries = new Map<string, string>()
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => entries.get(key) ?? null, setItem: (key: string, value: string) => entries.set(key, value), removeItem: (key: string) => entries.delete(key),
  })
})
afterEach(() => {
  demoKey.forgetDemoKey()
  vi.unstubAllGlobals()
})

describe('the demo key', () => {
  it('signs an intent bound to world, actor, nonce and limit, and every validator can check it', async () => {
    const { publicKey, agentId } = demoKey.createDemoKey()
    const envelope = decodeActionEnvelope(await demoKey.signIntent({ kind: 'move_agent', to: 'asteroid/0003' }, context))
    const { signature, ...unsigned } = envelope
    expect(unsigned).toEqual({ world_id: context.worldId, actor: agentId, nonce: 4, valid_until_height: 99, action: { kind: 'move_agent', to: 'asteroid/0003' } })
    expect(agentId).toBe(agentIdOf(publicKey))
    expect(verifyEd25519Portable(publicKey, actionPayload(unsigned), signature)).toBe(true)
  })

  it('puts its own public key into a registration', async () => {
    const { publicKey } = demoKey.createDemoKey()
    const envelope = decodeActionEnvelope(await demoKey.signIntent({ kind: 'register_agent', name: 'Ada' }, context))
    expect(envelope.action).toEqual({ kind: 'register_agent', name: 'Ada', public_key: publicKey })
  })

  it('is stored only on request, under a name that says DEMO, and is gone when forgotten', () => {
    demoKey.createDemoKey()
    expect(localStorage.getItem(demoKey.DEMO_KEY_ENTRY)).toBeNull()
    expect(demoKey.keepDemoKey(true)?.kept).toBe(true)
    expect(demoKey.DEMO_KEY_ENTRY).toContain('DEMO')
    demoKey.forgetDemoKey()
    expect(localStorage.getItem(demoKey.DEMO_KEY_ENTRY)).toBeNull()
    expect(demoKey.demoIdentity()).toBeNull()
  })

  it('offers no way to sign bytes', () => {
    expect(Object.keys(demoKey).sort()).toEqual(['DEMO_KEY_ENTRY', 'createDemoKey', 'demoIdentity', 'forgetDemoKey', 'keepDemoKey', 'signIntent'])
  })
})
