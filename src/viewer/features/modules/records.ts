/** What the state says about modules, fetched record by record, each with its own proof. */
import type { Value } from '../../../codec/index.ts'
import { ArtifactIdentityError, trustedSignersOf, verifyArtifactIdentity } from '../../../world/index.ts'
import type { ModuleManifest, ModuleRecord, TrustedSigners } from '../../../world/index.ts'
import { whenNode } from '../../node-client/client.ts'
import { nodeStore } from '../../stores/node.ts'
import { verifyRecords } from '../../trust/verify-record.ts'

/** More than a world may have of each; longer lists are cut and say so. */
const MAX_LISTED = 400

export interface ProvenList {
  readonly height: number
  readonly complete: boolean
  /** By state key, ascending. */
  readonly records: ReadonlyMap<string, Value>
}

/** Every record under a prefix, verified here against one of the newest heads. Records that went meanwhile are left out. */
export async function provenList(prefix: string, limit = MAX_LISTED): Promise<ProvenList> {
  const node = await whenNode()
  const { height, keys, complete } = await node.list(prefix, limit)
  const records = await Promise.all(keys.map((key) => node.query(key)))
  const verified = await verifyRecords(records, nodeStore.getState().pinnedWorld)
  return { height, complete, records: new Map(keys.map((key, index) => [key, verified[index]!.value] as const).filter(([, value]) => value !== null)) }
}

export type ModuleSet = 'm1' | 'm4' | 'm5' | 'other'
export const MODULE_SETS: readonly ModuleSet[] = ['m1', 'm4', 'm5', 'other']

/** Null when the identity holds; else the code of what is wrong with it. */
export type IdentityProblem = string | null

export interface ActiveModule {
  readonly id: string
  readonly set: ModuleSet
  readonly manifest: ModuleManifest
  readonly version: string
  readonly since: number
  readonly problem: IdentityProblem
}

export interface InstanceRecord {
  readonly module_id: string
  readonly target: { readonly kind: 'world' | 'self_agent' | 'location_infrastructure'; readonly agent?: string; readonly asteroid?: string }
  readonly owner: string | null
  readonly wake_height: number | null
}

export interface ModuleList {
  readonly height: number
  readonly modules: readonly ActiveModule[]
  readonly signers: TrustedSigners
}

export async function loadModules(): Promise<ModuleList> {
  const [modules, signers] = await Promise.all([provenList('module/'), loadSigners()])
  return { height: modules.height, signers, modules: [...modules.records.values()].map((record) => activeModule(record as unknown as ModuleRecord, signers)) }
}

/** Whom this world trusts to sign modules. */
export async function loadSigners(): Promise<TrustedSigners> {
  const { records } = await provenList('signer/')
  return trustedSignersOf([...records].map(([key, value]) => ({ node_id: key.slice('signer/'.length), public_key: (value as { public_key: Uint8Array }).public_key })))
}

export function activeModule(record: ModuleRecord, signers: TrustedSigners): ActiveModule {
  const { manifest } = record
  return { id: manifest.module_id, set: setOf(manifest.module_id), manifest, version: record.active_version, since: record.since_height, problem: identityProblem(manifest, signers) }
}

export function setOf(moduleId: string): ModuleSet {
  const set = moduleId.split('.', 1)[0] as ModuleSet
  return MODULE_SETS.includes(set) ? set : 'other'
}

/** Checks the signature here. `wasm`: also that these are the bytes the manifest names. */
export function identityProblem(manifest: ModuleManifest, signers: TrustedSigners, wasm?: Uint8Array): IdentityProblem {
  try {
    verifyArtifactIdentity(manifest, signers, wasm)
    return null
  } catch (error) {
    if (error instanceof ArtifactIdentityError) return error.code
    throw error
  }
}
