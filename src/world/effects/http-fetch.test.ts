import { describe, expect, it } from 'vitest'
import type { Value } from '../../codec/index.ts'
import { emitting } from '../testing/hand-made.ts'
import { inhabitant, testGenesis, TestWorld } from '../testing/test-world.ts'
import { EFFECT_QUEUE_KEY } from './keys.ts'
import { MAX_FETCHED_BYTES, httpFetchedSchema, whyBadParams } from './http-fetch.ts'

const get = (url: unknown): Value => ({ method: 'GET', url }) as Value

describe('what may be fetched', () => {
  it.each(['https://api.example.org/', 'http://127.0.0.1:8080/a/b?c=d%20e&f[]=1', 'http://[::1]:99/', 'https://a/'])('%s', (url) => {
    expect(whyBadParams('http.fetch', get(url))).toBeNull()
  })

  it.each<[string, Value]>([
    ['another method', { method: 'POST', url: 'https://a/' }], ['no method', { url: 'https://a/' }], ['a body', { method: 'GET', url: 'https://a/', body: 'x' }],
    ['headers', { method: 'GET', url: 'https://a/', headers: {} }], ['no map', null], ['no URL', get(1)],
    ['another scheme', get('ftp://a/')], ['a file', get('file:///etc/passwd')], ['capitals', get('HTTPS://a/')], ['no path', get('https://a')], ['no host', get('https:///a')],
    ['a user', get('https://user@a/')], ['a password', get('https://u:p@a/')], ['a fragment', get('https://a/#b')], ['a space', get('https://a/ b')], ['a backslash', get('https://a\\b/')],
    ['a line', get('https://a/\r\nHost: b')], ['no port', get('https://a:/')], ['port 0', get('https://a:0/')], ['too long a URL', get(`https://a/${'x'.repeat(2_048)}`)], ['letters beyond ASCII', get('https://bücher.example/')],
  ])('never %s', (_what, params) => {
    expect(whyBadParams('http.fetch', params)).toMatch(/params/)
  })

  it('is of no concern to other kinds', () => {
    expect(whyBadParams('http.get', 'anything')).toBeNull()
    expect(whyBadParams('toString', null)).toBeNull()
  })
})

describe('what comes back', () => {
  it('is bounded', () => {
    const answer = { http_status: 200, content_type: 'text/plain', body: new Uint8Array(MAX_FETCHED_BYTES), body_hash: new Uint8Array(32) }
    expect(httpFetchedSchema.parse(answer, '')).toEqual(answer)
    for (const change of [{ http_status: 99 }, { content_type: 'a\nb' }, { body: new Uint8Array(MAX_FETCHED_BYTES + 1) }, { body_hash: null }, { more: 1 }]) {
      expect(() => httpFetchedSchema.parse({ ...answer, ...change } as Value, '')).toThrow()
    }
  })
})

describe('a module that asks', () => {
  const asking = (params: Value): TestWorld => new TestWorld(testGenesis({
    modules: [emitting('t.asks', [], { subscriptions: { action_kinds: ['move_agent'], event_kinds: [], stage: 'post_action' }, required_caps: ['net'] }, { effects: [{ kind: 'http.fetch', params, cap_ref: 'net' }] })],
    capabilities: [{ module_id: 't.asks', name: 'net', effect_kinds: ['http.fetch'], expires_height: null }], policies: [{ when: {}, decision: 'allow' }],
  }))
  const move = { kind: 'move_agent', to: 'asteroid/0007' }

  it('for a document is queued', async () => {
    const world = asking(get('https://a/b'))
    await world.act(inhabitant('ann'), move)
    expect(world.read(EFFECT_QUEUE_KEY)).toMatchObject({ queued: 1 })
  })

  it('for anything else failed, and nothing is queued', async () => {
    const world = asking(get('ftp://a/b'))
    const { receipt, events } = await world.act(inhabitant('ann'), move)
    expect(receipt.status).toBe('applied')
    expect(events.filter(({ kind }) => kind === 'effect.denied').map(({ payload }) => payload)).toMatchObject([{ code: 'INVALID_OUTPUT', kind: 'http.fetch' }])
    expect(world.read(EFFECT_QUEUE_KEY)).toMatchObject({ queued: 0 })
  })
})
