import { describe, expect, it } from 'vitest'
import { utf8Bytes } from '../../codec/index.ts'
import { verifyEd25519 } from '../verify.ts'
import { FrostError } from './errors.ts'
import type { KeyShare } from './group-key.ts'
import type { NonceCommitment, SignatureShare } from './messages.ts'
import { createMemoryNonceStore } from './nonce-store.ts'
import type { NonceStore } from './nonce-store.ts'
import { encodeScalar } from './points.ts'
import { aggregate, commitNonces, isValidSignatureShare, signShare } from './sign.ts'
import type { SigningSession } from './sign.ts'
import { makeGroup, participantsOf, seededRandom } from './testing/group.ts'

const keyShares = makeGroup(3, participantsOf(5))
const { group } = keyShares[0]!
const payload = utf8Bytes('what is signed')
const NEUTRAL = Uint8Array.of(1, ...new Uint8Array(31))
const TOO_LARGE = new Uint8Array(32).fill(0xff)

interface Signer {
  readonly keyShare: KeyShare
  readonly store: NonceStore
  readonly commitment: NonceCommitment
}

let seed = 0
async function firstRound(places: readonly number[], store = createMemoryNonceStore()): Promise<Signer[]> {
  return Promise.all(places.map(async (place) => {
    const keyShare = keyShares[place]!
    return { keyShare, store, commitment: await commitNonces(keyShare, store, seededRandom(++seed)) }
  }))
}

const sessionOf = (signers: readonly Signer[]): SigningSession => ({ group, payload, commitments: signers.map(({ commitment }) => commitment) })
const secondRound = (signers: readonly Signer[], session = sessionOf(signers)): Promise<SignatureShare[]> => Promise.all(signers.map(({ keyShare, store }) => signShare(keyShare, store, session)))

async function failure(action: () => unknown): Promise<{ readonly code: string; readonly participants: readonly string[] }> {
  try {
    await action()
  } catch (error) {
    if (error instanceof FrostError) return { code: error.code, participants: error.participants }
    throw error
  }
  return { code: 'none', participants: [] }
}
const names = (...places: readonly number[]): string[] => places.map((place) => group.participants[place]!)

describe('a signature of a group', () => {
  it.each([[[0, 1, 2]], [[1, 3, 4]], [[4, 2, 0]], [[0, 1, 2, 3, 4]]])('is made by %j and verifies like any other', async (places) => {
    const signers = await firstRound(places)
    const shares = await secondRound(signers)
    for (const share of shares) expect(isValidSignatureShare(sessionOf(signers), share)).toBe(true)
    const signature = aggregate(sessionOf(signers), shares.toReversed())
    expect(signature).toHaveLength(64)
    expect(await verifyEd25519(group.publicKey, payload, signature)).toBe(true)
    expect(await verifyEd25519(group.publicKey, utf8Bytes('something else'), signature)).toBe(false)
  })

  it('is never the same twice, for the same signers and payload', async () => {
    const sign = async (): Promise<Uint8Array> => {
      const signers = await firstRound([0, 1, 2])
      return aggregate(sessionOf(signers), await secondRound(signers))
    }
    expect(await sign()).not.toEqual(await sign())
  })

  it('takes as many signers as the threshold says', async () => {
    const signers = await firstRound([0, 1])
    expect(await failure(() => secondRound(signers))).toEqual({ code: 'TOO_FEW_SIGNERS', participants: [] })
    const doubled = await firstRound([0, 1])
    expect(await failure(() => secondRound(doubled, { group, payload, commitments: [doubled[0]!, doubled[1]!, doubled[1]!].map(({ commitment }) => commitment) }))).toMatchObject({ code: 'TOO_FEW_SIGNERS' })
  })

  it('refuses commitments of strangers, doubled ones, and ones that are no points, by name', async () => {
    const signers = await firstRound([0, 1, 2])
    const { commitments } = sessionOf(signers)
    const [first, ...others] = commitments as [NonceCommitment, ...NonceCommitment[]]
    const sign = (list: readonly NonceCommitment[]): ReturnType<typeof failure> => failure(() => signShare(signers[0]!.keyShare, signers[0]!.store, { payload, commitments: list }))
    expect(await sign([first, ...others, { ...first, participant: 'stranger' }])).toEqual({ code: 'MESSAGE_UNEXPECTED', participants: ['stranger'] })
    expect(await sign([first, ...others, others[0]!])).toEqual({ code: 'MESSAGE_DUPLICATE', participants: names(1) })
    for (const change of [{ hiding: NEUTRAL }, { binding: NEUTRAL }, { hiding: TOO_LARGE }]) {
      expect(await sign([first, { ...others[0]!, ...change }, others[1]!])).toEqual({ code: 'NONCE_COMMITMENT_INVALID', participants: names(1) })
    }
    const [absent] = await firstRound([3])
    expect((await failure(() => signShare(absent!.keyShare, absent!.store, { payload, commitments }))).code).toBe('NOT_A_PARTICIPANT')
    // None of that used up the nonces.
    expect((await sign(commitments)).code).toBe('none')
  })

  it('names everyone whose share is wrong', async () => {
    const signers = await firstRound([0, 1, 2, 3])
    const session = sessionOf(signers)
    const shares = await secondRound(signers)
    const withWrong = (wrong: Readonly<Record<number, Uint8Array>>): SignatureShare[] => shares.map((share, index) => ({ ...share, share: wrong[index] ?? share.share }))
    expect(await failure(() => aggregate(session, withWrong({ 1: encodeScalar(3n) })))).toEqual({ code: 'SIGNATURE_SHARE_INVALID', participants: names(1) })
    expect(await failure(() => aggregate(session, withWrong({ 0: shares[1]!.share, 3: encodeScalar(0n) })))).toEqual({ code: 'SIGNATURE_SHARE_INVALID', participants: names(0, 3) })
    expect(await failure(() => aggregate(session, withWrong({ 2: TOO_LARGE })))).toEqual({ code: 'SIGNATURE_SHARE_INVALID', participants: names(2) })
    expect(isValidSignatureShare(session, { ...shares[0]!, share: shares[1]!.share })).toBe(false)
    expect(isValidSignatureShare(session, { ...shares[0]!, share: TOO_LARGE })).toBe(false)
    expect(isValidSignatureShare(session, { ...shares[0]!, participant: 'stranger' })).toBe(false)
    expect(await failure(() => aggregate(session, shares.slice(1)))).toEqual({ code: 'MESSAGE_MISSING', participants: names(0) })
    expect(await failure(() => aggregate(session, [...shares, shares[2]!]))).toEqual({ code: 'MESSAGE_DUPLICATE', participants: names(2) })
    expect(aggregate(session, shares)).toHaveLength(64)
  })

  it('names who signed something else', async () => {
    const signers = await firstRound([0, 1, 2])
    const session = sessionOf(signers)
    const [first, second] = await secondRound(signers.slice(0, 2), session)
    const third = await signShare(signers[2]!.keyShare, signers[2]!.store, { ...session, payload: utf8Bytes('something else') })
    expect(await failure(() => aggregate(session, [first!, second!, third]))).toEqual({ code: 'SIGNATURE_SHARE_INVALID', participants: names(2) })
  })

  it('needs randomness', async () => {
    for (const random of [(length: number) => new Uint8Array(length), () => new Uint8Array(3)]) {
      expect((await failure(() => commitNonces(keyShares[0]!, createMemoryNonceStore(), random))).code).toBe('WEAK_RANDOMNESS')
    }
  })
})

/** What survives a crash, and the moments one can come at. */
class Disk {
  readonly kept = new Map<string, Uint8Array>()
  crashAt: 'before take' | 'after take' | 'before put' | null = null

  store(): NonceStore {
    return {
      put: async (id, nonces) => {
        this.crash('before put')
        this.kept.set(id, nonces.slice())
      },
      take: async (id) => {
        this.crash('before take')
        const nonces = this.kept.get(id) ?? null
        this.kept.delete(id)
        this.crash('after take')
        return nonces
      },
    }
  }

  private crash(moment: Exclude<Disk['crashAt'], null>): void {
    if (this.crashAt !== moment) return
    this.crashAt = null
    throw new Error('crash')
  }
}

describe('nonces', () => {
  it('sign once, even for the same payload', async () => {
    const signers = await firstRound([0, 1, 2])
    await secondRound(signers)
    const again = { ...sessionOf(signers), payload: utf8Bytes('another payload') }
    expect((await failure(() => secondRound(signers, again))).code).toBe('NONCE_USED')
    expect((await failure(() => secondRound(signers))).code).toBe('NONCE_USED')
  })

  it('sign once when asked twice at the same time', async () => {
    const [own, ...others] = await firstRound([0, 1, 2])
    const session = sessionOf([own!, ...others])
    const answers = await Promise.allSettled([session, { ...session, payload: utf8Bytes('another') }].map((asked) => signShare(own!.keyShare, own!.store, asked)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  })

  it('that were taken before a crash sign nothing after it', async () => {
    const disk = new Disk()
    const signers = await firstRound([0, 1, 2], disk.store())
    const [own] = signers
    const session = sessionOf(signers)
    disk.crashAt = 'after take'
    await expect(signShare(own!.keyShare, disk.store(), session)).rejects.toThrow('crash')
    expect((await failure(() => signShare(own!.keyShare, disk.store(), { ...session, payload: utf8Bytes('another') }))).code).toBe('NONCE_USED')
  })

  it('that were not taken before a crash sign once after it', async () => {
    const disk = new Disk()
    const signers = await firstRound([0, 1, 2], disk.store())
    const session = sessionOf(signers)
    disk.crashAt = 'before take'
    await expect(signShare(signers[0]!.keyShare, disk.store(), session)).rejects.toThrow('crash')
    const shares = await secondRound(signers.map((signer) => ({ ...signer, store: disk.store() })), session)
    expect(await verifyEd25519(group.publicKey, payload, aggregate(session, shares))).toBe(true)
    expect((await failure(() => signShare(signers[0]!.keyShare, disk.store(), session))).code).toBe('NONCE_USED')
  })

  it('are promised to nobody before they are kept', async () => {
    const disk = new Disk()
    disk.crashAt = 'before put'
    await expect(commitNonces(keyShares[0]!, disk.store(), seededRandom(1))).rejects.toThrow('crash')
    expect(disk.kept.size).toBe(0)
  })

  it('leave nothing behind once they signed, and are other ones each time', async () => {
    const disk = new Disk()
    const signers = await firstRound([0, 1, 2], disk.store())
    expect(new Set([...disk.kept.values()].map(String)).size).toBe(3)
    await secondRound(signers)
    expect(disk.kept.size).toBe(0)
  })

  it('in memory are bounded: the oldest go first', async () => {
    const store = createMemoryNonceStore(2)
    for (const id of ['a', 'b', 'c']) await store.put(id, utf8Bytes(id))
    expect(await Promise.all(['a', 'b', 'c', 'c'].map(store.take))).toEqual([null, utf8Bytes('b'), utf8Bytes('c'), null])
  })
})
