import { concatBytes, equalBytes, proposalPayload, sha256, toHex, utf8Bytes, votePayload } from '../../codec/index.ts'
import type { ConsensusSigner, VerifySignature } from '../runner-types.ts'

/**
 * A signature scheme for simulations: a keyed hash that only the holder of a secret can make and this registry, which knows all
 * secrets, can check. Fast and deterministic, and as unforgeable for a simulated adversary as Ed25519: it is given its own signer only.
 */
export class KeyRegistry {
  readonly #secrets = new Map<string, Uint8Array>()

  /** Makes a key for a name; gives the public key. */
  create(name: string, entropy: Uint8Array): Uint8Array {
    const secret = sha256(concatBytes(utf8Bytes(name), entropy))
    const publicKey = sha256(concatBytes(utf8Bytes('public'), secret))
    this.#secrets.set(toHex(publicKey), secret)
    return publicKey
  }

  signerOf(validator_id: string, publicKey: Uint8Array): ConsensusSigner {
    const secret = this.#secrets.get(toHex(publicKey))
    if (secret === undefined) throw new RangeError(`No key was made for ${validator_id}.`)
    return {
      validator_id,
      signVote: (vote) => Promise.resolve(mac(secret, votePayload(vote))),
      signProposal: (proposal, block_hash) => Promise.resolve(mac(secret, proposalPayload(proposal, block_hash))),
    }
  }

  readonly verify: VerifySignature = (publicKey, message, signature) => {
    const secret = this.#secrets.get(toHex(publicKey))
    return Promise.resolve(secret !== undefined && equalBytes(mac(secret, message), signature))
  }
}

function mac(secret: Uint8Array, message: Uint8Array): Uint8Array {
  const half = sha256(concatBytes(secret, message))
  return concatBytes(half, half)
}
