import { describe, expect, it } from 'vitest'
import { ACTOR_ID, CodecError, Domain, WORLD_ID, agentIdOf, encodeCanonical, isDemoWorld, sha256, signingPayload, toHex, worldId } from './index.ts'

describe('a world id', () => {
  it('is the name and the hash of the genesis', () => {
    expect(worldId('belt', { a: 1 })).toBe(`belt.${toHex(sha256(encodeCanonical(['agent-world/genesis/v1', { a: 1 }])))}`)
  })

  it('fits its own schema for every name allowed, and differs by name and by genesis', () => {
    const ids = [worldId('a', 0), worldId('b', 0), worldId('a', 1), worldId('demo-solo', 0), worldId('w'.repeat(32), 0)]
    for (const id of ids) expect(WORLD_ID.parse(id, '')).toBe(id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it.each(['', '-a', 'A', 'a.b', 'a b', 'a\n', 'w'.repeat(33), '../a'])('is not made with the name %j', (name) => {
    expect(() => worldId(name, 0)).toThrow(CodecError)
  })

  it('says whether the world is a demo', () => {
    expect([isDemoWorld(worldId('demo-solo', 0)), isDemoWorld(worldId('demo', 0)), isDemoWorld(worldId('belt', 0))]).toEqual([true, false, false])
  })
})

describe('domains', () => {
  it('are distinct, versioned, and no one begins another', () => {
    const domains = Object.values(Domain)
    expect(new Set(domains).size).toBe(domains.length)
    for (const domain of domains) expect(domain).toMatch(/^agent-world\/[a-z-]+\/v[1-9][0-9]*$/)
  })

  it('separate equal fields: no payload of one kind is a payload of another, or of another world', () => {
    const worlds = [worldId('a', 0), worldId('a', 1)]
    const payloads = Object.values(Domain).flatMap((domain) => worlds.map((world) => toHex(signingPayload(domain, world, 1, 'x'))))
    expect(new Set(payloads).size).toBe(payloads.length)
  })

  it('keep fields apart: moving a character from one to the next gives other bytes', () => {
    const world = worldId('a', 0)
    expect(toHex(signingPayload(Domain.vote, world, 'ab', 'c'))).not.toBe(toHex(signingPayload(Domain.vote, world, 'a', 'bc')))
    expect(toHex(signingPayload(Domain.vote, world, ['a'], 'b'))).not.toBe(toHex(signingPayload(Domain.vote, world, ['a', 'b'])))
  })
})

describe('an agent id', () => {
  it('is a hash of the key in a domain of its own, and an actor', () => {
    const id = agentIdOf(new Uint8Array(32).fill(1))
    expect(ACTOR_ID.parse(id, '')).toBe(id)
    expect(id).not.toBe(agentIdOf(new Uint8Array(32).fill(2)))
    expect(id).not.toContain(toHex(sha256(new Uint8Array(32).fill(1))).slice(0, 32))
  })
})
