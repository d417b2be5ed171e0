import type { EventInit } from '../part.ts'
import { compareStateKeys, worldInstanceId } from '../state/keys.ts'
import { readModule } from '../state/read.ts'
import type { StateReader } from '../state/state.ts'
import type { ModuleActivated, ModuleDeactivated, ModuleRegistered, ModuleUpgraded } from './events.ts'
import { readManifest, readModuleVersion } from './records.ts'
import type { ModuleChanges, WorldManifest } from './records.ts'

/** Ids of every module a proposal touches, ascending, each once. */
export function touchedModules({ register, upgrade, activate, deactivate }: ModuleChanges): string[] {
  const ids = [...register.map(({ module_id }) => module_id), ...[...upgrade, ...activate, ...deactivate].map(({ module_id }) => module_id)]
  return [...new Set(ids)].sort(compareStateKeys)
}

/** Ids of the modules that run in another version, or no longer, or again, because the world goes back, ascending. */
export function returningModules(state: StateReader, changes: ModuleChanges, after: WorldManifest): string[] {
  if (!changesNothing(changes)) return []
  const { modules } = readManifest(state)
  const ids = [...new Set([...Object.keys(modules), ...Object.keys(after.modules)])].sort(compareStateKeys)
  return ids.filter((id) => modules[id]?.version !== after.modules[id]?.version)
}

export function changesNothing({ register, upgrade, activate, deactivate }: ModuleChanges): boolean {
  return register.length + upgrade.length + activate.length + deactivate.length === 0
}

/** Why these changes cannot stand in one proposal, or null: each module is changed once, and only what is registered may be activated as well. */
export function whyTangled(changes: ModuleChanges): string | null {
  const seen = new Map<string, string>()
  const entries: readonly (readonly [string, string])[] = [
    ...changes.register.map(({ module_id }) => [module_id, 'register'] as const),
    ...changes.upgrade.map(({ module_id }) => [module_id, 'upgrade'] as const),
    ...changes.activate.map(({ module_id }) => [module_id, 'activate'] as const),
    ...changes.deactivate.map(({ module_id }) => [module_id, 'deactivate'] as const),
  ]
  for (const [id, change] of entries) {
    const before = seen.get(id)
    if (before !== undefined && !(before === 'register' && change === 'activate')) return `${id} is in ${before} and in ${change}.`
    seen.set(id, change)
  }
  return null
}

/** The events that carry changes out: register, upgrade, activate, deactivate, each by module id. The changes were checked against this state. */
export function moduleEvents(state: StateReader, proposalId: string, height: number, changes: ModuleChanges): EventInit[] {
  const registered = sorted(changes.register, ({ module_id }) => module_id).map((manifest): EventInit => {
    const { module_id, wasm_hash } = manifest
    return { event: 'module.registered', payload: { module_id, wasm_hash, manifest, registered_by: proposalId, height } satisfies ModuleRegistered }
  })
  const upgraded = sorted(changes.upgrade, ({ module_id }) => module_id).map(({ module_id, from_version, to_version, wasm_hash, manifest }): EventInit => (
    { event: 'module.upgraded', payload: { module_id, from_version, to_version, new_wasm_hash: wasm_hash, manifest, upgraded_by: proposalId, height } satisfies ModuleUpgraded }
  ))
  const activated = sorted(changes.activate, ({ module_id }) => module_id).map(({ module_id, version }): EventInit => {
    const manifest = manifestOf(state, changes, module_id, version)!
    return { event: 'module.activated', payload: { module_id, version, manifest, instance_id: worldInstanceId(module_id), activated_by: proposalId, height } satisfies ModuleActivated }
  })
  const deactivated = sorted(changes.deactivate, ({ module_id }) => module_id).map(({ module_id, reason }): EventInit => {
    const { active_version: version } = readModule(state, module_id)!
    return { event: 'module.deactivated', payload: { module_id, version, reason, deactivated_by: proposalId } satisfies ModuleDeactivated }
  })
  return [...registered, ...upgraded, ...activated, ...deactivated]
}

/** Of a version that is registered, or is about to be. */
export function manifestOf(state: StateReader, { register }: ModuleChanges, moduleId: string, version: string): ModuleRegistered['manifest'] | null {
  const added = register.find(({ module_id, version: registered }) => module_id === moduleId && registered === version)
  return added ?? readModuleVersion(state, moduleId, version)?.manifest ?? null
}

function sorted<T>(items: readonly T[], idOf: (item: T) => string): T[] {
  return [...items].sort((a, b) => compareStateKeys(idOf(a), idOf(b)))
}
