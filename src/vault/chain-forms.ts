/** Forms of governance as they stand in the state, as far as a signer must understand them, and what is hashed and signed for them. */
import { encodeCanonical, schema, sha256, toHex, WORLD_ID } from '../codec/index.ts'
import type { Infer, Schema, Value, ValueMap } from '../codec/index.ts'
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from '../crypto/index.ts'

const { anyValue, array, fixedBytes, int, literal, nullable, object, record, text, union } = schema

/** Lowercase hex SHA-256. */
export const HASH = text(64, /^[0-9a-f]{64}$/)
export const ACTOR = text(80, /^(agent\/[0-9a-f]{32}|(validator|signer)\/[a-z0-9][a-z0-9-]{0,63})$/)
const NAME = text(64, /^[a-z0-9][a-z0-9-]*$/)
const MODULE_ID = text(64, /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/)
const VERSION = text(32, /^[0-9]+\.[0-9]+\.[0-9]+$/)

const MAX_SIGNERS = 64
const MAX_LIST = 64
const MAX_TITLE = 200
const MAX_DESCRIPTION = 8192
export const MAX_REASON = 512

/** A map that has at least the fields of `required`, kept whole: what else is in it is hashed and shown, not understood. */
function including<T>(required: Readonly<Record<string, Schema<unknown>>>): Schema<T & ValueMap> {
  const fields = object(required)
  return {
    parse: (value, at) => {
      const map = record(anyValue(), 1024, 128).parse(value, at)
      fields.parse(Object.fromEntries(Object.keys(required).flatMap((name) => (Object.hasOwn(map, name) ? [[name, map[name]!]] : []))), at)
      return map as T & ValueMap
    },
  }
}

const path = array(text(64), 8)
const patchOperation = union('op', {
  set: object({ op: literal('set'), path, value: anyValue() }),
  remove: object({ op: literal('remove'), path }),
})
export type PatchOperation = Infer<typeof patchOperation>

interface ModuleManifestHead {
  readonly module_id: string
  readonly version: string
  readonly wasm_hash: string
}
const moduleManifest = including<ModuleManifestHead>({ module_id: MODULE_ID, version: VERSION, wasm_hash: HASH })

const moduleChanges = object({
  register: array(moduleManifest, MAX_LIST),
  upgrade: array(object({ module_id: MODULE_ID, from_version: VERSION, to_version: VERSION, wasm_hash: HASH, manifest: moduleManifest }), MAX_LIST),
  activate: array(object({ module_id: MODULE_ID, version: VERSION }), MAX_LIST),
  deactivate: array(object({ module_id: MODULE_ID, reason: text(MAX_REASON) }), MAX_LIST),
})

/** The canonical content of a proposal; its hash is the proposal's id. */
export const proposalContentSchema = object({
  author: ACTOR,
  title: text(MAX_TITLE),
  description: text(MAX_DESCRIPTION),
  base_manifest_hash: HASH,
  patch: nullable(array(patchOperation, MAX_LIST)),
  module_changes: moduleChanges,
  salt: HASH,
})
export type ProposalContent = Infer<typeof proposalContentSchema>

const party = <Name extends string>(name: Name): Schema<Readonly<Record<Name, string>> & { readonly public_key: Uint8Array }> =>
  object({ [name]: NAME, public_key: fixedBytes(PUBLIC_KEY_BYTES) }) as never
const signerSchema = party('signer_id')
export type GovernanceSigner = Infer<typeof signerSchema>
const guardianSchema = party('guardian_id')

export interface GovernanceRules {
  readonly signers: readonly GovernanceSigner[]
  readonly threshold: number
  readonly guardians: readonly Infer<typeof guardianSchema>[]
  readonly guardian_threshold: number
  readonly timelock_blocks: number
  readonly epoch_id: number
}
const governanceRules = including<GovernanceRules>({
  signers: array(signerSchema, MAX_SIGNERS),
  threshold: int(1, MAX_SIGNERS),
  guardians: array(guardianSchema, MAX_SIGNERS),
  guardian_threshold: int(0, MAX_SIGNERS),
  timelock_blocks: int(),
  epoch_id: int(),
})

const activeModule = object({ version: VERSION, wasm_hash: HASH })
export interface WorldManifest {
  readonly version: number
  readonly governance: GovernanceRules & ValueMap
  readonly trusted_signers: Readonly<Record<string, Uint8Array>>
  readonly modules: Readonly<Record<string, Infer<typeof activeModule>>>
}
export const worldManifestSchema: Schema<WorldManifest & ValueMap> = including<WorldManifest>({
  version: int(),
  governance: governanceRules,
  trusted_signers: record(fixedBytes(PUBLIC_KEY_BYTES), 1024, 64),
  modules: record(activeModule, 1024, 64),
})

const finding = object({ code: text(64), module_id: nullable(text(64)), detail: text(1024) })
const differences = record(int(Number.MIN_SAFE_INTEGER), 1024, 128)
const replaySchema = object({
  from_height: int(),
  to_height: int(),
  blocks: int(),
  actions: int(),
  events: differences,
  rejections: differences,
  balances: object({ electricity: int(Number.MIN_SAFE_INTEGER), data: int(Number.MIN_SAFE_INTEGER) }),
  fuel: int(Number.MIN_SAFE_INTEGER),
  budget_exceeded: schema.bool(),
})

export interface ShadowReport {
  readonly proposal_id: string
  readonly status: 'passed' | 'failed' | 'warning'
  readonly checked_at: number
  readonly errors: readonly Infer<typeof finding>[]
  readonly warnings: readonly Infer<typeof finding>[]
  readonly replay: Infer<typeof replaySchema>
}
export const shadowReportSchema: Schema<ShadowReport & ValueMap> = including<ShadowReport>({
  proposal_id: HASH,
  status: literal('passed', 'failed', 'warning'),
  checked_at: int(),
  errors: array(finding, 256),
  warnings: array(finding, 256),
  replay: replaySchema,
})

/** Everything of a certificate but its signatures. */
export const certificateFieldsSchema = object({
  world_id: WORLD_ID,
  proposal_id: HASH,
  manifest_hash: HASH,
  report_hash: HASH,
  consensus_height: int(1),
  block_hash: HASH,
  signer_set_hash: HASH,
  epoch_id: int(),
  required_signers: int(1, MAX_SIGNERS),
  expires_height: int(1),
})
export type CertificateFields = Infer<typeof certificateFieldsSchema>

export const certificateSharesSchema = array(object({ signer_id: NAME, signature: fixedBytes(SIGNATURE_BYTES) }), MAX_SIGNERS)

const CERTIFICATE_DOMAIN = 'agent-world/governance-certificate/v1'
const VETO_DOMAIN = 'agent-world/governance-veto/v1'

const hashOf = (value: Value): string => toHex(sha256(encodeCanonical(value)))

export const proposalIdOf = (content: ProposalContent): string => hashOf(content as unknown as Value)
export const manifestHashOf = (manifest: WorldManifest): string => hashOf(manifest as unknown as Value)
export const reportHashOf = (report: ShadowReport): string => hashOf(report as unknown as Value)
export const signerSetHashOf = ({ signers, threshold }: GovernanceRules): string => hashOf([signers as unknown as Value, threshold])

/** What every approving signer signs: fully determined by the state, so all sign the same bytes. */
export function certificatePayload(fields: CertificateFields): Uint8Array {
  return encodeCanonical([CERTIFICATE_DOMAIN, fields.world_id, fields as unknown as Value])
}

/** What a guardian signs to stop a queued proposal. */
export function vetoPayload(worldId: string, proposalId: string): Uint8Array {
  return encodeCanonical([VETO_DOMAIN, worldId, proposalId])
}
