import { BUILTIN_SIGNERS, builtinModules } from '../../artifacts/index.ts'
import { actionPayload, agentIdOf, encodeActionEnvelope, sha256, utf8Bytes } from '../../codec/index.ts'
import type { ValueMap } from '../../codec/index.ts'
import { createPortableSigner, publicKeyOf } from '../../crypto/index.ts'
import { createGenesis, DEFAULT_GOVERNANCE, encodeGenesis, worldIdOf } from '../../world/index.ts'
import type { GovernanceConfig } from '../../world/index.ts'

export interface TestWorld {
  readonly genesis: Uint8Array
  readonly world_id: string
  readonly validators: readonly { readonly validator_id: string; readonly seed: Uint8Array }[]
  /** Seeds of the settled agents. */
  readonly agents: readonly Uint8Array[]
}

export const seedOf = (name: string): Uint8Array => sha256(utf8Bytes(name))

/** A belt-small world with keys made from names, the same every time. */
export async function testWorld(validatorCount = 1, agentCount = 8, governance: Partial<GovernanceConfig> = {}): Promise<TestWorld> {
  const validators = Array.from({ length: validatorCount }, (_, index) => ({ validator_id: `v${index + 1}`, seed: seedOf(`validator ${index}`) }))
  const agents = Array.from({ length: agentCount }, (_, index) => seedOf(`agent ${index}`))
  const genesis = createGenesis({
    name: 'test', demo: false, time: 1_700_000_000_000, scenario: 'belt-small', seed: seedOf('scenario'),
    validators: validators.map(({ validator_id, seed }) => ({ validator_id, public_key: publicKeyOf(seed), stake: 100 })),
    agents: agents.map((seed, index) => ({ public_key: publicKeyOf(seed), name: `agent ${index}` })),
    modules: await builtinModules(), trustedSigners: BUILTIN_SIGNERS, governance: { ...DEFAULT_GOVERNANCE, ...governance },
  })
  return { genesis: encodeGenesis(genesis), world_id: worldIdOf(genesis), validators, agents }
}

/** An encoded, signed envelope of the agent with this seed. */
export function signedAction(world_id: string, seed: Uint8Array, nonce: number, action: ValueMap & { readonly kind: string }, validUntil = 100): Uint8Array {
  const signer = createPortableSigner(seed)
  return signedBy(world_id, agentIdOf(signer.publicKey), seed, nonce, action, validUntil)
}

/** The same for any actor. */
export function signedBy(world_id: string, actor: string, seed: Uint8Array, nonce: number, action: ValueMap & { readonly kind: string }, validUntil: number): Uint8Array {
  const unsigned = { world_id, actor, nonce, valid_until_height: validUntil, action }
  return encodeActionEnvelope({ ...unsigned, signature: createPortableSigner(seed).signSync(actionPayload(unsigned)) })
}
