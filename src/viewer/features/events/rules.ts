/** Which rule modules judge an action of a kind, read from the module records of the verified state. */
import { whenNode } from '../../node-client/client.ts'
import type { ModuleRecord } from '../../../world/index.ts'

/** Modules of this world's genesis; the state has no list of them, but proves each record. */
const MODULE_IDS = ['m1.rule.move', 'm1.rule.visibility', 'm1.rule.transfer', 'm1.power.radiation_harvest', 'm1.power.storage'] as const

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
  const records = await Promise.all(MODULE_IDS.map(async (id) => (await node.query(`module/${id}`)).value as unknown as ModuleRecord | null))
  return records.filter((record) => record !== null && subscribes(record, actionKind)).map((record) => ({
    module_id: record!.manifest.module_id, version: record!.active_version, wasm_hash: record!.manifest.wasm_hash, since_height: record!.since_height,
  }))
}
