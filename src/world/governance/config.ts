import { GOVERNANCE_SIGNER_ID, governanceSignerSchema, MAX_GOVERNANCE_SIGNERS, schema } from '../../codec/index.ts'
import type { Infer } from '../../codec/index.ts'
import { MODULE_ID, moduleLimitsSchema } from '../module-manifest.ts'

const { array, bool, fixedBytes, int, literal, nullable, object, union } = schema

const guardianSchema = object({ guardian_id: GOVERNANCE_SIGNER_ID, public_key: fixedBytes(32) })

/** Makes shadow fail on purpose: for drills and for freezing modules. */
const shadowPolicySchema = union('mode', {
  always_pass: object({ mode: literal('always_pass') }),
  always_fail: object({ mode: literal('always_fail') }),
  by_module_id: object({ mode: literal('by_module_id'), module_ids: array(MODULE_ID, 64) }),
})
export type ShadowPolicy = Infer<typeof shadowPolicySchema>

export const GOVERNANCE_FIELDS = {
  /** Who approves proposals, ascending by id. None: this world's rules never change. */
  signers: array(governanceSignerSchema, MAX_GOVERNANCE_SIGNERS),
  /** How many of them it takes. */
  threshold: int(2, MAX_GOVERNANCE_SIGNERS),
  /** Who may stop a proposal, ascending by id; one that is a signer as well has the same key. */
  guardians: array(guardianSchema, MAX_GOVERNANCE_SIGNERS),
  guardian_threshold: int(1, MAX_GOVERNANCE_SIGNERS),
  /** Key under which FROST aggregates of the signers verify; null when they sign one by one only. */
  group_key: nullable(fixedBytes(32)),
  authors_may_approve: bool(),
  /** A proposal that did not take effect by then expires. */
  proposal_ttl_blocks: int(4, 1_000_000),
  /** Blocks between certificate and effect, for guardians to look. */
  timelock_blocks: int(0, 1_000_000),
  /** Blocks that shadow runs a second time with the proposed modules. */
  shadow_blocks: int(0, 64),
  /** Fuel of all these second runs of one proposal. */
  shadow_fuel_budget: int(0, 2 ** 46),
  shadow_policy: shadowPolicySchema,
  /** The state after every so many blocks is one the world can go back to. */
  checkpoint_blocks: int(10, 100_000),
  /** The most a module may ask for. */
  limits_max: moduleLimitsSchema,
} as const

/** As a genesis has it. */
export const governanceConfigSchema = object(GOVERNANCE_FIELDS)
export type GovernanceConfig = Infer<typeof governanceConfigSchema>

/** No signers: a world whose rules never change. With signers added, shadow and votes take some minutes at a block a second. */
export const DEFAULT_GOVERNANCE: GovernanceConfig = {
  signers: [],
  threshold: 2,
  guardians: [],
  guardian_threshold: 1,
  group_key: null,
  authors_may_approve: false,
  proposal_ttl_blocks: 86_400,
  timelock_blocks: 0,
  shadow_blocks: 8,
  shadow_fuel_budget: 1_000_000_000,
  shadow_policy: { mode: 'always_pass' },
  checkpoint_blocks: 200,
  limits_max: { max_mem_bytes: 16 << 20, max_gas: 50_000_000, max_call_rate: 100_000, max_output_bytes: 64 << 10, max_effects: 64, max_emits: 256 },
}

/** What is wrong with it beyond its shape, or null. Keys are not looked at. */
export function whyBadGovernance(config: GovernanceConfig): string | null {
  const { signers, threshold, guardians, guardian_threshold, shadow_policy } = config
  if (!ascending(signers.map(({ signer_id }) => signer_id))) return 'Governance signers must be listed in ascending order of signer_id, each once.'
  if (!ascending(guardians.map(({ guardian_id }) => guardian_id))) return 'Guardians must be listed in ascending order of guardian_id, each once.'
  if (shadow_policy.mode === 'by_module_id' && !ascending(shadow_policy.module_ids)) return 'The shadow policy must list its modules in ascending order, each once.'
  if (signers.length > 0 && threshold > signers.length) return 'The threshold must not exceed the number of governance signers.'
  if (guardians.length > 0 && guardian_threshold > guardians.length) return 'The guardian threshold must not exceed the number of guardians.'
  if (new Set(signers.map(({ public_key }) => public_key.join())).size !== signers.length) return 'Every governance signer needs a key of its own.'
  if (new Set(guardians.map(({ public_key }) => public_key.join())).size !== guardians.length) return 'Every guardian needs a key of its own.'
  if (config.group_key !== null && [...signers, ...guardians].some(({ public_key }) => public_key.join() === config.group_key!.join())) return 'The key of the group must not be that of one of its members, who could then sign for all.'
  for (const { guardian_id, public_key } of guardians) {
    const same = signers.find(({ signer_id }) => signer_id === guardian_id)
    if (same !== undefined && same.public_key.join() !== public_key.join()) return `"${guardian_id}" is signer and guardian, with two keys.`
  }
  if (config.proposal_ttl_blocks < config.timelock_blocks + config.shadow_blocks + 3) return 'proposal_ttl_blocks must leave room for shadow, votes and timelock.'
  return null
}

function ascending(ids: readonly string[]): boolean {
  return ids.every((id, index) => index === 0 || ids[index - 1]! < id)
}

/** Every key in it with the name it belongs to. */
export function keysOfGovernance({ signers, guardians, group_key }: GovernanceConfig): { readonly owner: string; readonly public_key: Uint8Array }[] {
  return [
    ...signers.map(({ signer_id, public_key }) => ({ owner: `signer "${signer_id}"`, public_key })),
    ...guardians.map(({ guardian_id, public_key }) => ({ owner: `guardian "${guardian_id}"`, public_key })),
    ...(group_key === null ? [] : [{ owner: 'group of signers', public_key: group_key }]),
  ]
}
