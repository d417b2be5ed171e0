import { Seeded } from '../../testing/seeded.ts'
import type { KeyShare } from '../group-key.ts'
import { KeyGeneration } from '../key-generation.ts'
import type { KeyCommitment, KeyConfirmation, SecretShare } from '../messages.ts'
import type { RandomBytes } from '../points.ts'

export const seededRandom = (seed: number): RandomBytes => {
  const source = new Seeded(seed)
  return (length) => source.bytes(length)
}

export const participantsOf = (size: number): string[] => Array.from({ length: size }, (_, index) => `node-${String(index + 1).padStart(2, '0')}`)

/** What participants say on the way, to be changed by a test: gives what `recipient` gets of `message`, null for nothing. */
export interface Tampering {
  readonly commitment?: (message: KeyCommitment, recipient: string) => KeyCommitment | null
  readonly share?: (message: SecretShare) => SecretShare | null
  readonly confirmation?: (message: KeyConfirmation, recipient: string) => KeyConfirmation | null
}

/** A key made by everyone together; by participant, in order. */
export function makeGroup(threshold: number, participants: readonly string[], tampering: Tampering = {}, seed = 1): KeyShare[] {
  const sides = participants.map((id) => new KeyGeneration({ context: 'test', threshold, participants }, id))
  const present = <M>(message: M | null): message is M => message !== null
  const commitments = sides.map((side, index) => side.start(seededRandom(1_000 * seed + index)))
  const shares = sides.flatMap((side) => {
    const heard = commitments.filter(({ participant }) => participant !== side.participant)
    return side.deal(heard.map((message) => (tampering.commitment === undefined ? message : tampering.commitment(message, side.participant))).filter(present))
  })
  const sharesFor = (id: string): SecretShare[] => shares.filter(({ recipient }) => recipient === id)
  const confirmations = sides.map((side) => side.finish(sharesFor(side.participant).map((message) => (tampering.share === undefined ? message : tampering.share(message))).filter(present)))
  return sides.map((side) => {
    const heard = confirmations.filter(({ participant }) => participant !== side.participant)
    return side.confirm(heard.map((message) => (tampering.confirmation === undefined ? message : tampering.confirmation(message, side.participant))).filter(present))
  })
}
