import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { blockHash, isQuorum, signerBitmap, totalStake, validatorSetHash } from '../codec/index.ts'
import type { BlockHeader, CommitCertificate, ValidatorSet } from '../codec/index.ts'
import { quorumOf, stakeOf, verifyCertificate, verifyCertificateInFull } from './certificate.ts'
import { certify, committee, equalCommittee, makeHeader, signerOf, WORLD } from './testing/chain.ts'
import type { Committee } from './testing/chain.ts'
import { refusal } from './testing/refusal.ts'

const members = committee({ alice: 50, bob: 30, carol: 20, dave: 40, erin: 10, frank: 25, grace: 5, heidi: 60, ivan: 7 })

function headerFor({ set }: Committee, fields: Partial<BlockHeader> = {}): BlockHeader {
  const hash = validatorSetHash(set)
  return makeHeader({ height: 12, validators_hash: hash, next_validators_hash: hash, ...fields })
}

describe('verifyCertificate', () => {
  let header: BlockHeader
  let full: CommitCertificate
  beforeAll(async () => {
    header = headerFor(members)
    full = await certify(header, members)
  })

  it('accepts any signers with more than two thirds of the stake and no others', async () => {
    await fc.assert(
      fc.asyncProperty(fc.subarray(members.set.map((_, i) => i)), async (positions) => {
        const certificate = await certify(header, members, positions)
        const enough = isQuorum(stakeOf(positions, members.set), totalStake(members.set))
        if (enough) await verifyCertificate(header, certificate, members.set)
        else expect(await refusal(() => verifyCertificate(header, certificate, members.set))).toBe('TOO_FEW_STAKE')
      }),
      { numRuns: 60 },
    )
  })

  it('needs more than two thirds: exactly two thirds is not final', async () => {
    const three = committee({ a: 1, b: 1, c: 1 })
    const own = headerFor(three)
    expect(await refusal(async () => verifyCertificate(own, await certify(own, three, [0, 1]), three.set))).toBe('TOO_FEW_STAKE')
    await verifyCertificate(own, await certify(own, three, [0, 1, 2]), three.set)
  })

  it('accepts a later round than the block was first proposed in, never an earlier one', async () => {
    await verifyCertificate(header, await certify(header, members, undefined, 3), members.set)
    const late = headerFor(members, { round: 2 })
    expect(await refusal(async () => verifyCertificate(late, await certify(late, members, undefined, 1), members.set))).toBe('WRONG_ROUND')
  })

  it('refuses any changed field of the header, since its hash is what was signed', async () => {
    for (const field of Object.keys(header) as (keyof BlockHeader)[]) {
      const value = header[field]
      const other = typeof value === 'number' ? value + 1 : value instanceof Uint8Array ? value.map((byte) => byte ^ 1) : field === 'world_id' ? `other${WORLD.slice(4)}` : 'mallory'
      const code = await refusal(() => verifyCertificate({ ...header, [field]: other }, full, members.set))
      expect(code, field).toBe(field === 'height' ? 'WRONG_HEIGHT' : field === 'round' ? 'WRONG_ROUND' : 'WRONG_BLOCK_HASH')
    }
  })

  it('refuses another world or height than expected', async () => {
    await verifyCertificate(header, full, members.set, { world_id: WORLD, height: 12 })
    expect(await refusal(() => verifyCertificate(header, full, members.set, { world_id: `other${WORLD.slice(4)}` }))).toBe('WRONG_WORLD')
    expect(await refusal(() => verifyCertificate(header, full, members.set, { height: 13 }))).toBe('WRONG_HEIGHT')
    expect(await refusal(() => verifyCertificate(header, { ...full, height: 13 }, members.set))).toBe('WRONG_HEIGHT')
  })

  it('refuses a certificate of another world over the same fields', async () => {
    const elsewhere = await certify({ ...header, world_id: `other${WORLD.slice(4)}` }, members)
    const moved = { ...elsewhere, block_hash: blockHash(header) }
    expect(await refusal(() => verifyCertificate(header, moved, members.set))).toBe('BAD_SIGNATURE')
  })

  it('refuses a set other than the one the header names: another stake, key, name or order', async () => {
    const [first, ...rest] = members.set as [ValidatorSet[number], ...ValidatorSet]
    const others: [ValidatorSet, string][] = [
      [[{ ...first, stake: first.stake + 1 }, ...rest], 'WRONG_VALIDATOR_SET'],
      [[{ ...first, public_key: signerOf('mallory').publicKey }, ...rest], 'WRONG_VALIDATOR_SET'],
      [[{ ...first, validator_id: 'alicf' }, ...rest], 'WRONG_VALIDATOR_SET'],
      [rest, 'WRONG_VALIDATOR_SET'],
      [[...rest, first], 'MALFORMED'], [[], 'MALFORMED'], [[first, first, ...rest], 'MALFORMED'],
      [[{ ...first, public_key: rest[0]!.public_key }, ...rest], 'MALFORMED'],
    ]
    for (const [set, code] of others) expect(await refusal(() => verifyCertificate(header, full, set))).toBe(code)
  })

  it('takes only the canonical bitmap: exact length, no bit beyond the set', async () => {
    const bits = full.signers
    const withBits = (signers: Uint8Array): CommitCertificate => ({ ...full, signers })
    expect(await refusal(() => verifyCertificate(header, withBits(Uint8Array.from([...bits, 0])), members.set))).toBe('BAD_BITMAP')
    expect(await refusal(() => verifyCertificate(header, withBits(bits.slice(0, 1)), members.set))).toBe('BAD_BITMAP')
    expect(await refusal(() => verifyCertificate(header, withBits(new Uint8Array(0)), members.set))).toBe('BAD_BITMAP')
    for (let stray = members.set.length; stray < bits.length * 8; stray++) {
      const changed = bits.slice()
      changed[stray >> 3]! |= 1 << (stray & 7)
      expect(await refusal(() => verifyCertificate(header, withBits(changed), members.set))).toBe('BAD_BITMAP')
    }
  })

  it('wants one signature for each signer', async () => {
    const { signatures } = full
    expect(await refusal(() => verifyCertificate(header, { ...full, signatures: signatures.slice(1) }, members.set))).toBe('WRONG_SIGNATURE_COUNT')
    expect(await refusal(() => verifyCertificate(header, { ...full, signatures: [...signatures, signatures[0]!] }, members.set))).toBe('WRONG_SIGNATURE_COUNT')
    expect(await refusal(() => verifyCertificate(header, { ...full, signatures: signatures.with(0, new Uint8Array(63)) }, members.set))).toBe('MALFORMED')
  })

  it('refuses any flipped bit in the signatures it rests on', async () => {
    const quorum = quorumOf(members.set.map((_, i) => i), members.set)
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...quorum), fc.nat(511), async (position, bit) => {
        const signature = full.signatures[position]!.slice()
        signature[bit >> 3]! ^= 1 << (bit & 7)
        const certificate = { ...full, signatures: full.signatures.with(position, signature) }
        expect(await refusal(() => verifyCertificate(header, certificate, members.set))).toBe('BAD_SIGNATURE')
      }),
      { numRuns: 60 },
    )
  })

  it('refuses signatures in another order, and prevotes or other rounds in place of precommits', async () => {
    const swapped = full.signatures.with(0, full.signatures[7]!).with(7, full.signatures[0]!)
    expect(await refusal(() => verifyCertificate(header, { ...full, signatures: swapped }, members.set))).toBe('BAD_SIGNATURE')
    expect(await refusal(() => verifyCertificate(header, { ...full, round: 1 }, members.set))).toBe('BAD_SIGNATURE')
  })

  it('does not look at signatures beyond two thirds of the stake, and the full check does', async () => {
    const spare = members.set.map((_, i) => i).find((i) => !quorumOf(members.set.map((_unused, j) => j), members.set).includes(i))!
    const certificate = { ...full, signatures: full.signatures.with(spare, new Uint8Array(64)) }
    await verifyCertificate(header, certificate, members.set)
    expect(await refusal(() => verifyCertificateInFull(header, certificate, members.set))).toBe('BAD_SIGNATURE')
    await verifyCertificateInFull(header, full, members.set)
  })

  it('refuses a bad signature among the largest stakes even when the rest would do', async () => {
    const many = committee({ a: 10, b: 10, c: 10, d: 10, e: 11 })
    const own = headerFor(many)
    const certificate = await certify(own, many)
    const bad = { ...certificate, signatures: certificate.signatures.with(4, new Uint8Array(64)) }
    expect(isQuorum(40, 51)).toBe(true)
    expect(await refusal(() => verifyCertificate(own, bad, many.set))).toBe('BAD_SIGNATURE')
  })

  it('refuses what is no certificate, header or set at all', async () => {
    for (const junk of [null, undefined, 7, 'x', [], {}, { height: 12 }]) {
      expect(await refusal(() => verifyCertificate(header, junk as unknown as CommitCertificate, members.set))).toBe('MALFORMED')
      expect(await refusal(() => verifyCertificate(junk as unknown as BlockHeader, full, members.set))).toBe('MALFORMED')
      expect(await refusal(() => verifyCertificate(header, full, junk as unknown as ValidatorSet))).toBe('MALFORMED')
    }
  })

  it('verifies a hundred validators from 67 signatures', async () => {
    const hundred = equalCommittee(100)
    const own = headerFor(hundred)
    const certificate = await certify(own, hundred)
    expect(quorumOf(hundred.set.map((_, i) => i), hundred.set)).toHaveLength(67)
    await verifyCertificate(own, certificate, hundred.set)
  })
})

describe('quorumOf', () => {
  it('chooses the fewest signers that suffice, whatever the stakes', () => {
    const stakes = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(stakes, (list) => {
        const set = list.map((stake, i) => ({ validator_id: `v${i}`, public_key: new Uint8Array(32).fill(i), stake }))
        const chosen = quorumOf(list.map((_, i) => i), set)
        expect(isQuorum(stakeOf(chosen, set), totalStake(set))).toBe(true)
        const fewer = list.toSorted((a, b) => b - a).slice(0, chosen.length - 1).reduce((sum, stake) => sum + stake, 0)
        expect(isQuorum(fewer, totalStake(set))).toBe(false)
      }),
    )
  })

  it('gives all signers when together they do not suffice', () => {
    const set = [1, 1, 1].map((stake, i) => ({ validator_id: `v${i}`, public_key: new Uint8Array(32).fill(i), stake }))
    expect(quorumOf([0, 2], set)).toEqual([0, 2])
    expect(signerBitmap([0, 2], 3)).toEqual(Uint8Array.of(5))
  })
})
