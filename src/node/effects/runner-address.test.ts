import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sha256, utf8Bytes } from '../../codec/index.ts'
import { createSigner } from '../../crypto/index.ts'
import { effectKey } from '../../world/index.ts'
import { openEffectJournal } from './journal.ts'
import { EffectRunner } from './runner.ts'
import type { EffectHost } from './runner.ts'

describe('an effect whose address is none', () => {
  it('holds up no other', async () => {
    const seed = sha256(utf8Bytes('v1'))
    const executor = { kind: 'node', public_key: createSigner(seed).publicKey, effect_kinds: ['http.fetch'] }
    const effect = (n: number, url: string) => ({ intent_id: `intent/1-${n}`, kind: 'http.fetch', params: { method: 'GET', url }, height: 1, state: 'queued' })
    const records = new Map<string, unknown>([
      ['effect_executor/exec-1', executor], [effectKey('intent/1-0'), effect(0, 'http://a.example:99999/')], [effectKey('intent/1-1'), effect(1, 'http://b.example/')],
    ])
    const host = {
      worldId: `test.${'0'.repeat(64)}`, certifiedHead: () => ({ header: { height: 2 } }), lightBlockAt: async () => null,
      keys: async (prefix: string) => [...records.keys()].filter((key) => key.startsWith(prefix)), record: async (key: string) => records.get(key) ?? null,
    }
    const directory = mkdtempSync(join(tmpdir(), 'effects-'))
    const logged: string[] = []
    const fetched = Promise.withResolvers<string>()
    const runner = new EffectRunner({
      host: host as unknown as EffectHost, network: null, validator: { validator_id: 'v1', seed }, allow: ['http://b.example'], journal: openEffectJournal(join(directory, 'journal')),
      fetch: async (url) => {
        fetched.resolve(url)
        return { status: 'unreachable', payload: null, final: true }
      },
      log: (message) => {
        logged.push(message)
        if (message.startsWith('effects wait')) fetched.reject(new Error(message))
      },
    })
    try {
      await runner.start()
      expect(await fetched.promise).toBe('http://b.example/')
      expect(logged).toEqual([expect.stringContaining('intent/1-0 is left to others')])
    } finally {
      await runner.stop()
      rmSync(directory, { recursive: true })
    }
  })
})
