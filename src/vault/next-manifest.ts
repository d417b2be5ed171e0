import { encodeCanonical, equalBytes } from '../codec/index.ts'
import type { Value, ValueMap } from '../codec/index.ts'
import type { ActiveModules, PatchOperation, ProposalContent, WorldManifest } from './chain-forms.ts'

export interface NextManifest {
  readonly manifest: WorldManifest
  /** Paths of operations of the patch that fit nowhere: the kernel refuses such a patch. */
  readonly misfits: readonly string[]
}

/**
 * The manifest that a proposal makes of `base`, by the rules of the kernel. `stated` gives what does not follow from these two: the code of versions
 * registered earlier that are activated, and all modules of a rollback. Null where nobody states it: modules then stay as they are there.
 */
export function nextManifestOf(base: WorldManifest, proposal: ProposalContent, stated: ActiveModules | null): NextManifest {
  const { version, governance: { epoch_id, ...governance }, modules, ...others } = base as unknown as WorldManifest & ValueMap
  const content = { ...others, governance } as unknown as ValueMap
  const { value, misfits } = proposal.manifest === null ? patched(content, proposal.patch ?? []) : { value: proposal.manifest as unknown as ValueMap, misfits: [] }
  const next = value['governance'] as ValueMap
  const counted = { version: version + 1, governance: { ...next, epoch_id: epoch_id + (sameElectorate(governance, next) ? 0 : 1) } }
  return { manifest: { ...value, ...counted, modules: modulesAfter(modules, proposal, stated) } as unknown as WorldManifest, misfits }
}

function patched(base: ValueMap, operations: readonly PatchOperation[]): { readonly value: ValueMap; readonly misfits: readonly string[] } {
  const misfits: string[] = []
  let value = base
  for (const operation of operations) {
    const reachable = operation.path.length >= 2 && Object.hasOwn(base, operation.path[0]!) && operation.path.join('.') !== 'governance.epoch_id'
    const changed = reachable ? change(value, operation, 0) : null
    if (changed === null) misfits.push(operation.path.join('.'))
    else value = changed
  }
  return { value, misfits }
}

/** Null where a path goes through something that is no map, or where there is nothing to remove. */
function change(map: ValueMap, operation: PatchOperation, depth: number): ValueMap | null {
  const key = operation.path[depth]!
  if (key === '__proto__') return null
  const exists = Object.hasOwn(map, key)
  if (operation.op === 'remove' && !exists) return null
  if (depth === operation.path.length - 1) return operation.op === 'set' ? { ...map, [key]: operation.value } : without(map, key)
  const inner = exists ? map[key] : {}
  const changed = isMap(inner) ? change(inner, operation, depth + 1) : null
  return changed === null ? null : { ...map, [key]: changed }
}

function modulesAfter(base: ActiveModules, { rollback, module_changes }: ProposalContent, stated: ActiveModules | null): ActiveModules {
  if (rollback !== null) return stated ?? base
  const { register, upgrade, activate, deactivate } = module_changes
  const after: Record<string, ActiveModules[string]> = { ...base }
  for (const { module_id, to_version, wasm_hash } of upgrade) after[module_id] = { version: to_version, wasm_hash }
  for (const { module_id, version } of activate) {
    const wasm_hash = register.find((added) => added.module_id === module_id && added.version === version)?.wasm_hash ?? own(stated ?? {}, module_id)?.wasm_hash
    if (wasm_hash !== undefined) after[module_id] = { version, wasm_hash }
  }
  for (const { module_id } of deactivate) delete after[module_id]
  return after
}

const ELECTORATE = ['signers', 'threshold', 'guardians', 'guardian_threshold', 'group_key'] as const

function sameElectorate(a: ValueMap, b: ValueMap): boolean {
  return ELECTORATE.every((name) => sameValue(own(a, name), own(b, name)))
}

export function isMap(value: Value | undefined): value is ValueMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
}

export function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return equalBytes(encodeCanonical(a), encodeCanonical(b))
}

export function own<T>(map: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined
}

function without(map: ValueMap, name: string): ValueMap {
  const { [name]: _, ...rest } = map
  return rest
}
