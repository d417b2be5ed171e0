import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { blockHash, totalStake, validatorSetHash } from '../codec/index.ts'
import { DEFAULT_TRUST_LEVEL } from './constants.ts'
import { trustedGenesis, trustedStateOf } from './light-block.ts'
import { certify, committee, makeChain, makeHeader, makeLightBlock, WORLD } from './testing/chain.ts'
import { refusal } from './testing/refusal.ts'
import type { LightBlock, VerificationOptions } from './types.ts'
import { verifyAdjacent } from './verify-adjacent.ts'
import { verifyBackwards } from './verify-backwards.ts'
import { verifyNonAdjacent } from './verify-non-adjacent.ts'

const HOUR = 3_600_000
const members = committee({ a: 10, b: 10, c: 10, d: 10 })
const strangers = committee({ w: 10, x: 10, y: 10, z: 10 })
const options: VerificationOptions = { trustingPeriodMs: HOUR, clockDriftMs: 1000, trustLevel: DEFAULT_TRUST_LEVEL, now: 1_100_000 }

let chain: LightBlock[]
const at = (height: number): LightBlock => chain[height - 1]!

beforeAll(async () => {
  chain = await makeChain({ length: 10, committeeAt: () => members })
})

describe('verifyAdjacent', () => {
  it('accepts the next block, from a block and from genesis', async () => {
    await verifyAdjacent(trustedStateOf(at(4)), at(5), options)
    await verifyAdjacent(trustedGenesis({ world_id: WORLD, height: 0, time: 1_000_000, validators: members.set }), at(1), options)
  })

  it('refuses a block of validators the parent did not announce, however well they signed', async () => {
    const hash = validatorSetHash(strangers.set)
    const block = await makeLightBlock({ ...at(5).header, validators_hash: hash }, strangers)
    expect(await refusal(() => verifyAdjacent(trustedStateOf(at(4)), block, options))).toBe('WRONG_VALIDATOR_SET')
  })

  it('refuses a block with another parent', async () => {
    const block = await makeLightBlock({ ...at(5).header, parent_hash: blockHash(at(3).header) }, members)
    expect(await refusal(() => verifyAdjacent(trustedStateOf(at(4)), block, options))).toBe('WRONG_PARENT_HASH')
  })

  it('refuses any other height', async () => {
    expect(await refusal(() => verifyAdjacent(trustedStateOf(at(4)), at(6), options))).toBe('WRONG_HEIGHT')
    expect(await refusal(() => verifyAdjacent(trustedStateOf(at(4)), at(4), options))).toBe('WRONG_HEIGHT')
  })

  it('refuses when too few signed', async () => {
    const block = await makeLightBlock(at(5).header, members, [0, 1])
    expect(await refusal(() => verifyAdjacent(trustedStateOf(at(4)), block, options))).toBe('TOO_FEW_STAKE')
  })
})

describe('the checks common to both directions', () => {
  const both = [['adjacent', verifyAdjacent, 5], ['skipping', verifyNonAdjacent, 9]] as const

  for (const [name, rule, height] of both) {
    it(`refuses to build on expired trust: ${name}`, async () => {
      const late = (now: number): VerificationOptions => ({ ...options, now })
      const end = at(4).header.time + HOUR
      await rule(trustedStateOf(at(4)), at(height), late(end - 1))
      expect(await refusal(() => rule(trustedStateOf(at(4)), at(height), late(end)))).toBe('CHECKPOINT_EXPIRED')
    })

    it(`refuses a header beyond the clock drift: ${name}`, async () => {
      const { time } = at(height).header
      await rule(trustedStateOf(at(4)), at(height), { ...options, now: time - 1000 })
      expect(await refusal(() => rule(trustedStateOf(at(4)), at(height), { ...options, now: time - 1001 }))).toBe('HEADER_FROM_FUTURE')
    })

    it(`refuses time running backwards: ${name}`, async () => {
      const block = await makeLightBlock({ ...at(height).header, time: at(4).header.time - 1 }, members)
      expect(await refusal(() => rule(trustedStateOf(at(4)), block, options))).toBe('TIME_NOT_MONOTONE')
    })

    it(`refuses another world: ${name}`, async () => {
      const block = await makeLightBlock({ ...at(height).header, world_id: `other${WORLD.slice(4)}` }, members)
      expect(await refusal(() => rule(trustedStateOf(at(4)), block, options))).toBe('WRONG_WORLD')
    })
  }
})

describe('verifyNonAdjacent', () => {
  it('accepts exactly when more than a third of trusted stake and two thirds of its own signed', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
    const stakes = fc.dictionary(fc.constantFrom(...names), fc.integer({ min: 1, max: 9 }), { minKeys: 1 })
    await fc.assert(
      fc.asyncProperty(stakes, stakes, fc.subarray(names), async (before, after, willing) => {
        const [old, current] = [committee(before), committee(after)]
        const positions = current.set.flatMap(({ validator_id }, i) => (willing.includes(validator_id) ? [i] : []))
        const trusted = makeHeader({ height: 3, validators_hash: validatorSetHash(old.set), next_validators_hash: validatorSetHash(old.set) })
        const header = makeHeader({ height: 9, validators_hash: validatorSetHash(current.set), next_validators_hash: validatorSetHash(current.set) })
        const block = await makeLightBlock(header, current, positions)
        const state = trustedStateOf(await makeLightBlock(trusted, old))
        const signed = positions.map((i) => current.set[i]!)
        const ownStake = totalStake(signed)
        const trustedStake = totalStake(old.set.filter(({ validator_id }) => signed.some((signer) => signer.validator_id === validator_id)))
        const verdict = 3 * ownStake <= 2 * totalStake(current.set) ? 'TOO_FEW_STAKE' : 3 * trustedStake <= totalStake(old.set) ? 'NOT_ENOUGH_TRUST' : 'accepted'
        if (verdict === 'accepted') await verifyNonAdjacent(state, block, options)
        else expect(await refusal(() => verifyNonAdjacent(state, block, options))).toBe(verdict)
      }),
      { numRuns: 150 },
    )
  })

  it('knows validators by their key, not by their name', async () => {
    const renamed = { set: strangers.set.map((validator, i) => ({ ...validator, validator_id: 'abcd'[i]! })), signers: strangers.signers }
    const header = makeHeader({ height: 9, validators_hash: validatorSetHash(renamed.set), next_validators_hash: validatorSetHash(renamed.set) })
    const block = await makeLightBlock(header, renamed)
    expect(await refusal(() => verifyNonAdjacent(trustedStateOf(at(4)), block, options))).toBe('NOT_ENOUGH_TRUST')
  })

  it('takes a higher trust level at its word', async () => {
    const half = committee({ a: 10, b: 10, y: 1, z: 1 })
    const header = makeHeader({ height: 9, validators_hash: validatorSetHash(half.set), next_validators_hash: validatorSetHash(half.set) })
    const block = await makeLightBlock(header, half)
    await verifyNonAdjacent(trustedStateOf(at(4)), block, options)
    const strict = { ...options, trustLevel: { numerator: 1, denominator: 2 } }
    expect(await refusal(() => verifyNonAdjacent(trustedStateOf(at(4)), block, strict))).toBe('NOT_ENOUGH_TRUST')
  })

  it('does not count trusted validators whose signatures are forged', async () => {
    const mixed = committee({ a: 10, b: 10, x: 100, y: 100, z: 100 })
    const header = makeHeader({ height: 9, validators_hash: validatorSetHash(mixed.set), next_validators_hash: validatorSetHash(mixed.set) })
    const certificate = await certify(header, mixed)
    const forged = { ...certificate, signatures: certificate.signatures.with(0, certificate.signatures[2]!) }
    expect(await refusal(() => verifyNonAdjacent(trustedStateOf(at(4)), { header, certificate: forged, validators: mixed.set }, options))).toBe('BAD_SIGNATURE')
  })

  it('checks two thirds of its own set too, not only those it trusts already', async () => {
    const mixed = committee({ a: 10, b: 10, x: 100, y: 100, z: 100 })
    const header = makeHeader({ height: 9, validators_hash: validatorSetHash(mixed.set), next_validators_hash: validatorSetHash(mixed.set) })
    const certificate = await certify(header, mixed)
    const forged = { ...certificate, signatures: certificate.signatures.with(2, certificate.signatures[0]!) }
    expect(await refusal(() => verifyNonAdjacent(trustedStateOf(at(4)), { header, certificate: forged, validators: mixed.set }, options))).toBe('BAD_SIGNATURE')
  })

  it('refuses heights that are not newer', async () => {
    expect(await refusal(() => verifyNonAdjacent(trustedStateOf(at(4)), at(4), options))).toBe('NOT_NEWER')
    expect(await refusal(() => verifyNonAdjacent(trustedStateOf(at(4)), at(2), options))).toBe('NOT_NEWER')
  })
})

describe('verifyBackwards', () => {
  it('accepts the parent and nothing else', async () => {
    verifyBackwards(at(5).header, at(4).header)
    expect(await refusal(() => verifyBackwards(at(5).header, at(3).header))).toBe('WRONG_HEIGHT')
    expect(await refusal(() => verifyBackwards(at(5).header, { ...at(4).header, round: 1 }))).toBe('WRONG_PARENT_HASH')
    expect(await refusal(() => verifyBackwards(at(5).header, { ...at(4).header, time: at(5).header.time + 1 }))).toBe('TIME_NOT_MONOTONE')
    expect(await refusal(() => verifyBackwards(at(5).header, { ...at(4).header, world_id: `other${WORLD.slice(4)}` }))).toBe('WRONG_WORLD')
  })
})
