import { describe, expect, it } from 'vitest'
import { toHex } from '../../codec/index.ts'
import { isValidPublicKey } from '../portable.ts'
import { FrostError } from './errors.ts'
import { createGroupKey, createKeyShare, decodeGroupKey, decodeKeyShare, encodeGroupKey, encodeKeyShare } from './group-key.ts'
import { KeyGeneration } from './key-generation.ts'
import { decodeFrostMessage, encodeFrostMessage } from './messages.ts'
import type { KeyCommitment } from './messages.ts'
import { encodeScalar } from './points.ts'
import { makeGroup, participantsOf, seededRandom } from './testing/group.ts'
import type { Tampering } from './testing/group.ts'

const three = participantsOf(3)
const [first, second, third] = three as [string, string, string]
/** Little-endian order of the group: the lowest scalar that is none. */
const ORDER = Uint8Array.from('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010'.match(/../g)!, (hex) => Number.parseInt(hex, 16))
const NEUTRAL = Uint8Array.of(1, ...new Uint8Array(31))
const NO_POINT = new Uint8Array(32).fill(2)
const other = new KeyGeneration({ context: 'other', threshold: 2, participants: three }, third).start(seededRandom(9))

function failure(action: () => unknown): { readonly code: string; readonly participants: readonly string[] } {
  try {
    action()
  } catch (error) {
    if (error instanceof FrostError) return { code: error.code, participants: error.participants }
    throw error
  }
  return { code: 'none', participants: [] }
}
const failureOf = (tampering: Tampering): ReturnType<typeof failure> => failure(() => makeGroup(2, three, tampering))
/** What `third` says in the first round, changed. */
const saying = (change: (message: KeyCommitment) => KeyCommitment | null): Tampering => ({ commitment: (message) => (message.participant === third ? change(message) : message) })

describe('a key made together', () => {
  it.each([[2, 2], [2, 3], [3, 5], [5, 5]])('is one and the same for %i of %i, and each share fits it', (threshold, size) => {
    const shares = makeGroup(threshold, participantsOf(size))
    expect(new Set(shares.map(({ group }) => toHex(group.publicKey))).size).toBe(1)
    expect(new Set(shares.map(({ signingShare }) => toHex(signingShare))).size).toBe(size)
    const { group } = shares[0]!
    expect(isValidPublicKey(group.publicKey)).toBe(true)
    expect(group).toMatchObject({ threshold, participants: participantsOf(size) })
    for (const share of shares) expect(createKeyShare(share)).toEqual(share)
  })

  it('is another one each time', () => {
    expect(makeGroup(2, three, {}, 1)[0]!.group.publicKey).not.toEqual(makeGroup(2, three, {}, 2)[0]!.group.publicKey)
  })

  it('survives being written down', () => {
    const [share] = makeGroup(2, three)
    expect(decodeGroupKey(encodeGroupKey(share!.group))).toEqual(share!.group)
    expect(decodeKeyShare(encodeKeyShare(share!))).toEqual(share)
  })

  it('is refused when it was changed', () => {
    const [one, two] = makeGroup(2, three) as [ReturnType<typeof makeGroup>[number], ReturnType<typeof makeGroup>[number]]
    expect(failure(() => decodeGroupKey(Uint8Array.of(0xa0)))).toEqual({ code: 'GROUP_INVALID', participants: [] })
    expect(failure(() => decodeKeyShare(encodeKeyShare({ ...one, signingShare: two.signingShare }))).code).toBe('KEY_SHARE_INVALID')
    expect(failure(() => decodeKeyShare(encodeKeyShare({ ...one, signingShare: ORDER }))).code).toBe('KEY_SHARE_INVALID')
    expect(failure(() => createKeyShare({ ...one, participant: 'nobody' })).code).toBe('NOT_A_PARTICIPANT')
    for (const commitment of [[], one.group.commitment.slice(1), [...one.group.commitment, one.group.publicKey], [NEUTRAL, one.group.commitment[1]!], [one.group.publicKey, NO_POINT]]) {
      expect(failure(() => createGroupKey({ ...one.group, commitment })).code).toBe('GROUP_INVALID')
    }
  })
})

describe('a group', () => {
  it.each([
    [1, three], [4, three], [2, []], [2, ['b', 'a']], [2, ['a', 'a', 'b']], [2, ['A', 'b']], [2, participantsOf(65)], [1.5, three],
  ])('of %s out of %j cannot be', (threshold, participants) => {
    expect(failure(() => new KeyGeneration({ context: 'c', threshold, participants }, participants[0] ?? 'a')).code).toBe('GROUP_INVALID')
  })

  it('needs a context and takes none but its participants', () => {
    for (const context of ['', 'x'.repeat(201)]) expect(failure(() => new KeyGeneration({ context, threshold: 2, participants: three }, first)).code).toBe('GROUP_INVALID')
    expect(failure(() => new KeyGeneration({ context: 'c', threshold: 2, participants: three }, 'stranger')).code).toBe('NOT_A_PARTICIPANT')
  })
})

describe('who misbehaves while a key is made is named', () => {
  it.each<[string, Tampering]>([
    ['COMMITMENT_INVALID', saying((message) => ({ ...message, commitment: message.commitment.slice(1) }))],
    ['COMMITMENT_INVALID', saying((message) => ({ ...message, commitment: [...message.commitment, message.commitment[0]!] }))],
    ['COMMITMENT_INVALID', saying((message) => ({ ...message, commitment: [message.commitment[0]!, NEUTRAL] }))],
    ['COMMITMENT_INVALID', saying((message) => ({ ...message, commitment: [NO_POINT, message.commitment[1]!] }))],
    ['PROOF_INVALID', saying((message) => ({ ...message, commitment: [message.commitment[0]!, message.proof.nonce] }))],
    ['PROOF_INVALID', saying((message) => ({ ...message, proof: { ...message.proof, response: encodeScalar(7n) } }))],
    ['PROOF_INVALID', saying((message) => ({ ...message, proof: { ...message.proof, response: ORDER } }))],
    ['PROOF_INVALID', saying((message) => ({ ...message, proof: { ...message.proof, nonce: NEUTRAL } }))],
    ['PROOF_INVALID', saying(() => other)],
    ['MESSAGE_MISSING', saying(() => null)],
    ['SHARE_INVALID', { share: (message) => (message.participant === third ? { ...message, share: encodeScalar(5n) } : message) }],
    ['SHARE_INVALID', { share: (message) => (message.participant === third ? { ...message, share: ORDER } : message) }],
    ['SHARE_INVALID', { share: (message) => (message.participant === third ? { ...message, recipient: third } : message) }],
    ['MESSAGE_MISSING', { share: (message) => (message.participant === third ? null : message) }],
    ['MESSAGE_MISSING', { confirmation: (message) => (message.participant === third ? null : message) }],
    ['TRANSCRIPTS_DIFFER', { confirmation: (message) => (message.participant === third ? { ...message, heard: message.heard.slice(1) } : message) }],
  ])('%s', (code, tampering) => {
    const { participants, ...failed } = failureOf(tampering)
    expect(failed).toEqual({ code })
    expect(participants).toContain(third)
  })

  it('MESSAGE_DUPLICATE and MESSAGE_UNEXPECTED', () => {
    const begin = (): { side: KeyGeneration; said: KeyCommitment[] } => {
      const [side, ...others] = three.map((id) => new KeyGeneration({ context: 'c', threshold: 2, participants: three }, id))
      side!.start(seededRandom(1))
      return { side: side!, said: others.map((generation, index) => generation.start(seededRandom(index + 2))) }
    }
    const twice = begin()
    expect(failure(() => twice.side.deal([...twice.said, twice.said[0]!]))).toEqual({ code: 'MESSAGE_DUPLICATE', participants: [second] })
    const stranger = begin()
    expect(failure(() => stranger.side.deal([...stranger.said, { ...stranger.said[0]!, participant: 'stranger' }]))).toEqual({ code: 'MESSAGE_UNEXPECTED', participants: ['stranger'] })
  })

  it('who copies the commitment and proof of another', () => {
    const heard = new Map<string, KeyCommitment>()
    const copying: Tampering = {
      commitment: (message) => {
        heard.set(message.participant, message)
        return message.participant === third ? { ...heard.get(second)!, participant: third } : message
      },
    }
    expect(failureOf(copying)).toEqual({ code: 'PROOF_INVALID', participants: [third] })
  })

  it('who tells different participants different things, once they compare', () => {
    // Another polynomial, but one whose shares fit, so that nothing shows before the confirmations.
    const setup = { context: 'test', threshold: 2, participants: three }
    const sides = three.map((id) => new KeyGeneration(setup, id))
    const liar = new KeyGeneration(setup, third)
    const said = sides.map((side, index) => side.start(seededRandom(index)))
    const lie = liar.start(seededRandom(99))
    const dealt = [sides[0]!.deal([said[1]!, said[2]!]), sides[1]!.deal([said[0]!, lie]), sides[2]!.deal([said[0]!, said[1]!])]
    const lies = liar.deal([said[0]!, said[1]!])
    const shareFor = (from: number, recipient: string) => dealt[from]!.find((share) => share.recipient === recipient)!
    const ofFirst = sides[0]!.finish([shareFor(1, first), shareFor(2, first)])
    const ofSecond = sides[1]!.finish([shareFor(0, second), lies.find((share) => share.recipient === second)!])
    const ofThird = sides[2]!.finish([shareFor(0, third), shareFor(1, third)])
    expect(failure(() => sides[0]!.confirm([ofSecond, ofThird]))).toEqual({ code: 'TRANSCRIPTS_DIFFER', participants: [third, second] })
    expect(failure(() => sides[1]!.confirm([ofFirst, ofThird])).code).toBe('TRANSCRIPTS_DIFFER')
  })
})

describe('the steps', () => {
  it('come in order and once, also after a failure', () => {
    const side = new KeyGeneration({ context: 'c', threshold: 2, participants: three }, first)
    expect(failure(() => side.deal([])).code).toBe('WRONG_ROUND')
    side.start(seededRandom(1))
    expect(failure(() => side.start(seededRandom(1))).code).toBe('WRONG_ROUND')
    expect(failure(() => side.deal([])).code).toBe('MESSAGE_MISSING')
    expect(failure(() => side.deal([])).code).toBe('WRONG_ROUND')
  })

  it('refuse a source that gives nothing', () => {
    for (const random of [(length: number) => new Uint8Array(length), () => new Uint8Array(3)]) {
      expect(failure(() => new KeyGeneration({ context: 'c', threshold: 2, participants: three }, first).start(random)).code).toBe('WEAK_RANDOMNESS')
    }
  })
})

describe('messages', () => {
  const message = new KeyGeneration({ context: 'c', threshold: 2, participants: three }, first).start(seededRandom(1))

  it('are read as they were written', () => {
    expect(decodeFrostMessage(encodeFrostMessage(message), 'key_commitment', first)).toEqual(message)
  })

  it('that do not fit name their sender', () => {
    const read = (encoded: Uint8Array, sender = first): ReturnType<typeof failure> => failure(() => decodeFrostMessage(encoded, 'key_commitment', sender))
    const encoded = encodeFrostMessage(message)
    for (const bytes of [new Uint8Array(0), encoded.slice(1), Uint8Array.of(...encoded, 0), Uint8Array.of(0xa0), new Uint8Array(5_000), encodeFrostMessage({ ...message, more: 1 } as KeyCommitment)]) {
      expect(read(bytes)).toEqual({ code: 'MESSAGE_MALFORMED', participants: [first] })
    }
    expect(read(encoded, second)).toEqual({ code: 'MESSAGE_UNEXPECTED', participants: [second] })
    expect(failure(() => decodeFrostMessage(encoded, 'secret_share', first))).toEqual({ code: 'MESSAGE_UNEXPECTED', participants: [first] })
  })

  it('of a full group fit', () => {
    const participants = participantsOf(64)
    const longest = new KeyGeneration({ context: 'c', threshold: 64, participants }, participants[0]!).start(seededRandom(1))
    expect(decodeFrostMessage(encodeFrostMessage(longest), 'key_commitment', participants[0]!).commitment).toHaveLength(64)
  })
})
