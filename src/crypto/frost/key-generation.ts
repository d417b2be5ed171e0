import { Domain, encodeCanonical, equalBytes, sha256 } from '../../codec/index.ts'
import type { Value } from '../../codec/index.ts'
import { sha512 } from '@noble/hashes/sha2.js'
import { blame, FrostError } from './errors.ts'
import { assertSetup, createGroupKey, createKeyShare, placeOf } from './group-key.ts'
import type { GroupSetup, KeyShare } from './group-key.ts'
import { oneOfEach } from './messages.ts'
import type { KeyCommitment, KeyConfirmation, SecretShare } from './messages.ts'
import { addScalars, decodePoint, decodeScalar, encodeScalar, evaluate, evaluateCommitted, multiplyBase, multiplyPublic, multiplyScalars, randomScalar, reduceScalar, sumOf } from './points.ts'
import type { GroupPoint, RandomBytes } from './points.ts'

/** What a key is made for. */
export interface KeyGenerationSetup extends GroupSetup {
  /** World, purpose and number of the attempt, never used twice: proofs made for one attempt are worth nothing in another. At most 200 characters. */
  readonly context: string
}

const MAX_CONTEXT_LENGTH = 200

/** A participant's commitment, decoded and proven. */
interface Dealer {
  readonly participant: string
  readonly points: readonly GroupPoint[]
  readonly hash: Uint8Array
}

/**
 * One participant's side of making a group key with nobody who ever knows it: Pedersen's distributed key generation with proofs of
 * knowledge, as in Komlo and Goldberg, "FROST", figure 1, and a confirmation round that shows whether everyone heard the same. Call
 * `start`, `deal`, `finish` and `confirm` in this order, each once; messages must come over channels that say who the sender is, and
 * secret shares over ones nobody else can read. Any error ends the attempt: leave out whom it names and begin anew.
 */
export class KeyGeneration {
  readonly participant: string
  private readonly setup: KeyGenerationSetup
  private readonly others: readonly string[]
  private readonly place: bigint
  private coefficients: bigint[] = []
  private dealers: readonly Dealer[] = []
  private result: KeyShare | null = null
  private next: 'start' | 'deal' | 'finish' | 'confirm' | null = 'start'

  /** Throws `GROUP_INVALID` or `NOT_A_PARTICIPANT`. */
  constructor(setup: KeyGenerationSetup, participant: string) {
    assertSetup(setup)
    if (setup.context.length === 0 || setup.context.length > MAX_CONTEXT_LENGTH) throw new FrostError('GROUP_INVALID', `The context has 1 to ${MAX_CONTEXT_LENGTH} characters.`)
    this.setup = { ...setup, participants: [...setup.participants] }
    this.participant = participant
    this.place = BigInt(placeOf(setup, participant))
    this.others = this.setup.participants.filter((id) => id !== participant)
  }

  /** Chooses a secret polynomial; what it gives goes to everyone. Throws `WEAK_RANDOMNESS`. */
  start(random: RandomBytes): KeyCommitment {
    this.enter('start')
    const { setup, participant } = this
    this.coefficients = Array.from({ length: setup.threshold }, () => randomScalar(random))
    const commitment = this.coefficients.map((coefficient) => multiplyBase(coefficient).toBytes())
    const nonce = randomScalar(random)
    const noncePoint = multiplyBase(nonce).toBytes()
    const challenge = challengeOf(setup, participant, commitment, noncePoint)
    const response = encodeScalar(addScalars(nonce, multiplyScalars(this.coefficients[0]!, challenge)))
    const message: KeyCommitment = { type: 'key_commitment', participant, commitment, proof: { nonce: noncePoint, response } }
    this.dealers = [{ participant, points: commitment.map((encoded) => decodePoint(encoded)!), hash: hashOf(setup, message) }]
    this.next = 'deal'
    return message
  }

  /**
   * Takes the commitments of all others; what it gives goes to each of them alone. Throws `COMMITMENT_INVALID` or `PROOF_INVALID` naming who
   * sent it, and what `oneOfEach` throws.
   */
  deal(commitments: readonly KeyCommitment[]): SecretShare[] {
    this.enter('deal')
    const others = oneOfEach(commitments, this.others).map((message) => verifiedDealer(this.setup, message))
    const all = new Map([...this.dealers, ...others].map((dealer) => [dealer.participant, dealer]))
    this.dealers = this.setup.participants.map((id) => all.get(id)!)
    this.next = 'finish'
    return this.others.map((recipient) => {
      const share = encodeScalar(evaluate(this.coefficients, BigInt(placeOf(this.setup, recipient))))
      return { type: 'secret_share', participant: this.participant, recipient, share }
    })
  }

  /** Takes the shares of all others; what it gives goes to everyone. Throws `SHARE_INVALID` naming who sent it, and what `oneOfEach` throws. */
  finish(shares: readonly SecretShare[]): KeyConfirmation {
    this.enter('finish')
    const own = evaluate(this.coefficients, this.place)
    const secret = oneOfEach(shares, this.others).reduce((sum, message) => addScalars(sum, this.verifiedShare(message)), own)
    this.coefficients = []
    const { threshold, participants } = this.setup
    const commitment = Array.from({ length: threshold }, (_, index) => sumOf(this.dealers.map(({ points }) => points[index]!)).toBytes())
    const group = createGroupKey({ threshold, participants, commitment })
    this.result = createKeyShare({ participant: this.participant, signingShare: encodeScalar(secret), group })
    this.next = 'confirm'
    return { type: 'key_confirmation', participant: this.participant, heard: this.dealers.map(({ hash }) => hash) }
  }

  /**
   * Takes the confirmations of all others and gives this participant's share of the key. Throws `TRANSCRIPTS_DIFFER` when somebody heard
   * other commitments than this participant: either who made them told different things, or who reports it lies; both are named.
   */
  confirm(confirmations: readonly KeyConfirmation[]): KeyShare {
    this.enter('confirm')
    for (const { participant, heard } of oneOfEach(confirmations, this.others)) {
      const differing = this.dealers.filter(({ hash }, index) => heard[index] === undefined || !equalBytes(heard[index], hash)).map((dealer) => dealer.participant)
      if (heard.length === this.dealers.length && differing.length === 0) continue
      const suspects = [...new Set([...differing.filter((id) => id !== this.participant), participant])]
      throw new FrostError('TRANSCRIPTS_DIFFER', `"${participant}" heard other commitments than this participant. Compare what was sent, and start again without who lied.`, suspects, { reporter: participant })
    }
    this.next = null
    return this.result!
  }

  /** Steps come in order and never twice; one that fails is the last. */
  private enter(step: NonNullable<typeof this.next>): void {
    if (this.next !== step) throw new FrostError('WRONG_ROUND', `"${step}" is not the next step of this key generation. Begin a new one.`)
    this.next = null
  }

  private verifiedShare({ participant, recipient, share }: SecretShare): bigint {
    if (recipient !== this.participant) blame('SHARE_INVALID', participant, `The share of "${participant}" is for somebody else.`)
    const scalar = decodeScalar(share)
    const { points } = this.dealers.find((dealer) => dealer.participant === participant)!
    if (scalar === null || scalar === 0n || !multiplyBase(scalar).equals(evaluateCommitted(points, this.place))) {
      blame('SHARE_INVALID', participant, `The share of "${participant}" does not lie on the polynomial it committed to.`)
    }
    return scalar
  }
}

function verifiedDealer(setup: KeyGenerationSetup, message: KeyCommitment): Dealer {
  const { participant, commitment, proof } = message
  const points = commitment.map(decodePoint).filter((point) => point !== null)
  if (commitment.length !== setup.threshold || points.length !== setup.threshold) {
    blame('COMMITMENT_INVALID', participant, `The commitment of "${participant}" is not ${setup.threshold} valid points.`)
  }
  const noncePoint = decodePoint(proof.nonce)
  const response = decodeScalar(proof.response)
  const challenge = challengeOf(setup, participant, commitment, proof.nonce)
  if (noncePoint === null || response === null || response === 0n || !multiplyBase(response).equals(noncePoint.add(multiplyPublic(points[0]!, challenge)))) {
    blame('PROOF_INVALID', participant, `"${participant}" does not prove that it knows its secret.`)
  }
  return { participant, points, hash: hashOf(setup, message) }
}

/** Bound to the attempt, the group, who speaks and the whole commitment, so that a proof serves nobody else and nothing else. */
function challengeOf(setup: KeyGenerationSetup, participant: string, commitment: readonly Uint8Array[], nonce: Uint8Array): bigint {
  return reduceScalar(sha512(encodeCanonical([...transcript(setup), participant, commitment, nonce])))
}

function hashOf(setup: KeyGenerationSetup, message: KeyCommitment): Uint8Array {
  return sha256(encodeCanonical([...transcript(setup), message as unknown as Value]))
}

function transcript({ context, threshold, participants }: KeyGenerationSetup): Value[] {
  return [Domain.frostKeyGeneration, context, threshold, participants]
}
