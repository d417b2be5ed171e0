import { encodeCanonical } from './encode.ts'
import type { Value } from './value.ts'

/**
 * One domain per kind of signed or hashed object, so that bytes made for one purpose never serve another (DESIGN §4).
 */
export const Domain = {
  action: 'agent-world/action/v1',
  agentId: 'agent-world/agent-id/v1',
  artifactIdentity: 'agent-world/artifact-identity/v1',
  blockHeader: 'agent-world/block-header/v1',
  commitCertificate: 'agent-world/commit-certificate/v1',
  event: 'agent-world/event/v1',
  frostKeyGeneration: 'agent-world/frost-key-generation/v1',
  frostMessage: 'agent-world/frost-message/v1',
  genesis: 'agent-world/genesis/v1',
  governanceCertificate: 'agent-world/governance-certificate/v1',
  governanceVeto: 'agent-world/governance-veto/v1',
  proposal: 'agent-world/proposal/v1',
  receipt: 'agent-world/receipt/v1',
  snapshot: 'agent-world/snapshot/v1',
  stateRoot: 'agent-world/state-root/v1',
  validatorSet: 'agent-world/validator-set/v1',
  vote: 'agent-world/vote/v1',
} as const

export type Domain = (typeof Domain)[keyof typeof Domain]

/** The bytes that are signed: `encodeCanonical([domain, world_id, …fields])`. `world_id` holds the genesis hash: nothing replays across worlds. */
export function signingPayload(domain: Domain, worldId: string, ...fields: readonly Value[]): Uint8Array {
  return encodeCanonical([domain, worldId, ...fields])
}
