import { sha256, toHex } from '../../codec/index.ts'
import { readManifest } from '../governance/records.ts'
import { hostedInstances, Subscriptions } from '../rules/subscriptions.ts'
import type { HostedModule, ListedInstance } from '../rules/subscriptions.ts'
import { compareStateKeys } from '../state/keys.ts'
import { readModule, readModuleInstance } from '../state/read.ts'
import type { StateReader } from '../state/state.ts'
import { whyBadManifest } from './manifest-rules.ts'
import type { ModuleBytes } from './module-bytes.ts'

/** Who is called where in the world of a state. The state is whole: every active module has its record, its instances and its bytes. */
export function subscriptionsOf(state: StateReader, bytes: ModuleBytes): Subscriptions {
  const modules: HostedModule[] = []
  const instances: ListedInstance[] = []
  for (const moduleId of activeModuleIds(state)) {
    const { manifest, instances: ids } = readModule(state, moduleId)!
    modules.push({ manifest, wasm: bytes.find(state, manifest.wasm_hash)! })
    for (const instance_id of ids) instances.push({ instance_id, ...readModuleInstance(state, instance_id)! })
  }
  instances.sort((a, b) => compareStateKeys(a.instance_id, b.instance_id))
  return new Subscriptions(hostedInstances(instances, modules))
}

/** Ascending. */
export function activeModuleIds(state: StateReader): string[] {
  return Object.keys(readManifest(state).modules).sort(compareStateKeys)
}

/** Why `subscriptionsOf` must not be asked of a state of unknown origin, or null. */
export function whyNotWhole(state: StateReader, bytes: ModuleBytes): string | null {
  if (readManifest(state) === null) return 'The manifest is missing.'
  const { modules } = readManifest(state)
  for (const moduleId of activeModuleIds(state)) {
    const record = readModule(state, moduleId)
    const { version, wasm_hash } = modules[moduleId]!
    if (record === null) return `The module ${moduleId} is missing.`
    const { manifest, active_version, instances } = record
    if (manifest.module_id !== moduleId || manifest.version !== version || active_version !== version || manifest.wasm_hash !== wasm_hash) return `The record of ${moduleId} is not that of the manifest.`
    if (whyBadManifest(manifest) !== null) return `The manifest of ${moduleId} cannot be used.`
    for (const id of instances) {
      const instance = readModuleInstance(state, id)
      if (instance === null || instance.module_id !== moduleId) return `The module instance ${id} is missing.`
      if (instance.owner !== null && state.get(instance.owner) === null) return `The owner of ${id} is missing.`
    }
    const wasm = bytes.find(state, wasm_hash)
    if (wasm === null) return `The bytes of ${moduleId} are missing.`
    if (!bytes.isOfGenesis(wasm_hash) && (toHex(sha256(wasm)) !== wasm_hash || bytes.inspect(wasm_hash, wasm).problem !== null)) return `The bytes of ${moduleId} may not run.`
  }
  return null
}
