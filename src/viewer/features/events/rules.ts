/** Which rule modules judge an action of a kind, read from the module records of the verified state. */
import { whenNode } from '../../node-client/client.ts'
import type { ModuleRecord } from '../../../world/index.ts'

/** More modules than a world may have. */
const MAX_MODULES = 256

export interface Rule {
  readonly module_id: string
  readonly version: string
  readonly wasm_hash: string
  readonly since_height: number
}

/** A subscription names an action kind, or a prefix of kinds that ends in `*`. */
export function subscribes(record: ModuleRecord, actionKind: string): boolean {
  return record.manifest.subscriptions.action_kinds.some((pattern) => (pattern.endsWith('*') ? actionKind.startsWith(pattern.slice(0, -1)) : pattern === actionKind))
}

export async function rulesFor(actionKind: string): Promise<Rule[]> {
  const node = await whenNode()
  const { keys } = await node.list('module/', MAX_MODULES)
  const records = await Promise.all(keys.map(async (key) => (await node.query(key)).value as unknown as ModuleRecord | null))
  return records.filter((record) => record !== null && subscribes(record, actionKind)).map((record) => ({
    module_id: record!.manifest.module_id, version: record!.active_version, wasm_hash: record!.manifest.wasm_hash, since_height: record!.since_height,
  }))
}
