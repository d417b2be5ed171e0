import { proposalPayload, votePayload } from '../codec/index.ts'
import type { ConsensusSigner } from './runner-types.ts'

/** Turns a key into a signer of votes and proposals only: the payload is built here from the typed intent (DESIGN §3.7). */
export function createConsensusSigner(validator_id: string, key: { readonly sign: (payload: Uint8Array) => Promise<Uint8Array> }): ConsensusSigner {
  return {
    validator_id,
    signVote: (vote) => key.sign(votePayload(vote)),
    signProposal: (proposal, block_hash) => key.sign(proposalPayload(proposal, block_hash)),
  }
}
