/** Who a key acts as in a world, and the frame of the next action. */
import { agentIdOf, AppError, equalBytes } from '../../codec/index.ts'
import { CONFIG_KEY, governanceSignerKey, MANIFEST_KEY, signerActor, signerIdOf, validatorKey } from '../../world/index.ts'
import type { ConfigRecord, StateReader, WorldManifest } from '../../world/index.ts'
import type { RecordsAt } from './chain.ts'

export interface ActionFrame {
  readonly world_id: string
  readonly actor: string
  readonly nonce: number
  readonly valid_until_height: number
}

/** A signer or guardian by name where the key is one of theirs, else its agent. */
export function actorOf(state: StateReader, publicKey: Uint8Array): string {
  const { signers, guardians } = (state.get(MANIFEST_KEY) as unknown as WorldManifest).governance
  const signer = signers.find((each) => equalBytes(each.public_key, publicKey))?.signer_id ?? guardians.find((each) => equalBytes(each.public_key, publicKey))?.guardian_id
  return signer === undefined ? agentIdOf(publicKey) : signerActor(signer)
}

/** The registered key of a signer or guardian. Throws `SIGNER_NOT_IN_SET`. */
export function keyOfSigner(state: StateReader, actor: string): Uint8Array {
  const { signers, guardians } = (state.get(MANIFEST_KEY) as unknown as WorldManifest).governance
  const name = signerIdOf(actor)
  const found = signers.find(({ signer_id }) => signer_id === name)?.public_key ?? guardians.find(({ guardian_id }) => guardian_id === name)?.public_key
  if (found !== undefined) return found
  throw new AppError('SIGNER_NOT_IN_SET', `${actor} is neither signer nor guardian of this world. There are: ${[...signers.map(({ signer_id }) => signer_id), ...guardians.map(({ guardian_id }) => guardian_id)].join(', ') || 'none'}.`, { actor })
}

/** `validBlocks` is cut to what the world allows. */
export function frameOf(state: RecordsAt, worldId: string, actor: string, validBlocks: number): ActionFrame {
  const { params } = state.get(CONFIG_KEY) as unknown as ConfigRecord
  const valid_until_height = state.height + Math.min(validBlocks, params.max_action_validity_blocks)
  return { world_id: worldId, actor, nonce: nonceOf(state, actor) + 1, valid_until_height }
}

/** The last nonce the state took from this actor. */
function nonceOf(state: StateReader, actor: string): number {
  const signer = signerIdOf(actor)
  const key = signer !== null ? governanceSignerKey(signer) : actor.startsWith('validator/') ? validatorKey(actor.slice('validator/'.length)) : actor
  const record = state.get(key) as { readonly nonce?: number } | null
  return record?.nonce ?? 0
}
