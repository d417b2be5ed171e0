import { AppError, sha256, toHex } from '../../codec/index.ts'
import { cutText } from '../cut-text.ts'
import type { EffectSettings } from '../effects/settings.ts'
import { MAX_MODULES } from '../module-manifest.ts'
import type { ModuleCallLimits, ModuleManifest } from '../module-manifest.ts'
import { verifyArtifactIdentity } from '../modules/artifact-identity.ts'
import type { TrustedSigners } from '../modules/artifact-identity.ts'
import { whyBadManifest } from '../modules/manifest-rules.ts'
import type { ModuleBytes } from '../modules/module-bytes.ts'
import { compareStateKeys } from '../state/keys.ts'
import { readModule } from '../state/read.ts'
import type { StateReader } from '../state/state.ts'
import { mayBeAllowed } from './capability-check.ts'
import { hashOf, isBadManifest, manifestHash } from './manifest.ts'
import type { BadManifest } from './manifest.ts'
import { manifestOf, returningModules, touchedModules } from './module-changes.ts'
import { readLatestVersion, readManifest, readModuleVersion } from './records.ts'
import type { ModuleChanges, ShadowIssue, WorldManifest } from './records.ts'
import { compareVersions } from './version.ts'

const MAX_DETAIL = 400

/** What a proposal is checked against. */
export interface CheckContext {
  readonly state: StateReader
  readonly height: number
  readonly bytes: ModuleBytes
}

export interface Checks {
  readonly errors: readonly ShadowIssue[]
  readonly warnings: readonly ShadowIssue[]
}

/**
 * Everything that must hold before modules change (sources/001), against this state: `after` is the manifest it would lead to. A function
 * of state and proposal alone. Issues are in the order of module ids.
 */
export function checkProposal(context: CheckContext, changes: ModuleChanges, after: WorldManifest | BadManifest): Checks {
  if (isBadManifest(after)) return { errors: [issue(after.code, '', after.message)], warnings: [] }
  const { governance: { shadow_policy, limits_max } } = readManifest(context.state)
  const signers: TrustedSigners = new Map(Object.keys(after.trusted_signers).sort().map((id) => [id, after.trusted_signers[id]!]))
  const errors: ShadowIssue[] = []
  const warnings: ShadowIssue[] = []
  const touched = touchedModules(changes)
  if (shadow_policy.mode === 'always_fail' && !liftsPolicy(context.state, touched, after)) errors.push(issue('SHADOW_FORCED_FAIL', '', 'The shadow policy of this world fails everything but its own end.'))
  for (const id of touched) {
    if (shadow_policy.mode === 'by_module_id' && shadow_policy.module_ids.includes(id)) errors.push(issue('SHADOW_FORCED_FAIL', id, 'The shadow policy of this world fails this module.'))
    errors.push(...checkVersions(context.state, changes, id))
    for (const manifest of manifestsOf(context.state, changes, id)) {
      errors.push(...checkManifest(context, manifest, signers, limits_max, after.effects))
      warnings.push(...highLimits(manifest, limits_max))
    }
  }
  for (const id of returningModules(context.state, changes, after)) {
    if (shadow_policy.mode === 'by_module_id' && shadow_policy.module_ids.includes(id)) errors.push(issue('SHADOW_FORCED_FAIL', id, 'The shadow policy of this world fails this module.'))
    const manifest = after.modules[id] === undefined ? null : readModuleVersion(context.state, id, after.modules[id].version)!.manifest
    if (manifest !== null) errors.push(...checkClaims(context.height, manifest, limits_max, after.effects))
    warnings.push(issue('MODULE_GOES_BACK', id, manifest === null ? 'It will not run any more.' : `It will run as ${manifest.version} again.`))
  }
  if (Object.keys(after.modules).length > MAX_MODULES) errors.push(issue('LIMITS_EXCEEDED', '', `A world runs at most ${MAX_MODULES} modules.`))
  errors.push(...checkSigners(context.state, changes, after, signers))
  return { errors: errors.slice(0, 64), warnings: warnings.slice(0, 64) }
}

/** Changes the shadow policy and nothing else: a policy that fails even that could never end. */
function liftsPolicy(state: StateReader, touched: readonly string[], after: WorldManifest): boolean {
  const now = readManifest(state)
  const { shadow_policy } = now.governance
  const otherwise = { ...after, version: now.version, governance: { ...after.governance, shadow_policy } }
  return touched.length === 0 && after.governance.shadow_policy.mode !== 'always_fail' && hashOf(otherwise) === manifestHash(now)
}

function issue(code: string, module_id: string, detail: string): ShadowIssue {
  return { code, module_id, detail: cutText(detail, MAX_DETAIL) }
}

/** Manifests that enter the world or start to run by these changes. */
function manifestsOf(state: StateReader, changes: ModuleChanges, id: string): ModuleManifest[] {
  const added = changes.register.find(({ module_id }) => module_id === id) ?? changes.upgrade.find(({ module_id }) => module_id === id)?.manifest
  const activated = changes.activate.find(({ module_id }) => module_id === id)
  const started = activated === undefined ? undefined : manifestOf(state, changes, id, activated.version) ?? undefined
  return [...new Set([added, started])].filter((manifest) => manifest !== undefined)
}

function checkVersions(state: StateReader, changes: ModuleChanges, id: string): ShadowIssue[] {
  const conflict = (detail: string): ShadowIssue[] => [issue('VERSION_CONFLICT', id, detail)]
  const latest = readLatestVersion(state, id)
  const active = readModule(state, id)
  const isNewer = (version: string): boolean => latest === null || compareVersions(version, latest) > 0
  const registered = changes.register.find(({ module_id }) => module_id === id)
  if (registered !== undefined && readModuleVersion(state, id, registered.version) !== null) return conflict(`${id}@${registered.version} is registered already.`)
  if (registered !== undefined && !isNewer(registered.version)) return conflict(`${registered.version} is not newer than ${latest}, which is registered.`)
  const upgrade = changes.upgrade.find(({ module_id }) => module_id === id)
  if (upgrade !== undefined) {
    const { from_version, to_version, manifest, wasm_hash } = upgrade
    if (active === null) return conflict('It is not active, so there is nothing to upgrade.')
    if (active.active_version !== from_version) return conflict(`${active.active_version} is active, not ${from_version}.`)
    if (manifest.version !== to_version || manifest.module_id !== id) return conflict(`The manifest is that of ${manifest.module_id}@${manifest.version}.`)
    if (readModuleVersion(state, id, to_version) !== null) return conflict(`${id}@${to_version} is registered already.`)
    if (!isNewer(to_version)) return conflict(`${to_version} is not newer than ${latest}, which is registered.`)
    return [
      ...(manifest.wasm_hash === wasm_hash ? [] : [issue('HASH_MISMATCH', id, 'The upgrade and its manifest name different bytes.')]),
      ...checkCompatible(active.manifest, manifest),
    ]
  }
  const activate = changes.activate.find(({ module_id }) => module_id === id)
  if (activate !== undefined) {
    if (active !== null) return conflict(`${active.active_version} is active. Upgrade it instead.`)
    if (manifestOf(state, changes, id, activate.version) === null) return conflict(`${id}@${activate.version} is not registered.`)
  }
  if (active === null && changes.deactivate.some(({ module_id }) => module_id === id)) return conflict('It is not active.')
  return []
}

/** Whoever relied on the old version can rely on the new one. */
function checkCompatible(old: ModuleManifest, next: ModuleManifest): ShadowIssue[] {
  const incompatible = (detail: string): ShadowIssue[] => [issue('ABI_INCOMPATIBLE', next.module_id, detail)]
  if (old.interface_version !== next.interface_version || old.kind !== next.kind) return incompatible('An upgrade keeps the interface and the kind.')
  const missing = old.exports.find((name) => !next.exports.includes(name))
  return missing === undefined ? [] : incompatible(`The export "${missing}" of the active version is gone.`)
}

function checkManifest({ state, height, bytes }: CheckContext, manifest: ModuleManifest, signers: TrustedSigners, limitsMax: ModuleCallLimits, effects: EffectSettings): ShadowIssue[] {
  return [...checkClaims(height, manifest, limitsMax, effects), ...checkBytes(manifest, bytes, bytes.find(state, manifest.wasm_hash), signers)]
}

/** What a manifest asks for, whatever its module is. */
function checkClaims(height: number, manifest: ModuleManifest, limitsMax: ModuleCallLimits, effects: EffectSettings): ShadowIssue[] {
  const { module_id } = manifest
  const own = whyBadManifest(manifest)
  const exceeded = LIMITS.find((limit) => manifest.limits[limit] > limitsMax[limit])
  return [
    ...(own === null ? [] : [issue('ABI_INCOMPATIBLE', module_id, own.message)]),
    ...(exceeded === undefined ? [] : [issue('LIMITS_EXCEEDED', module_id, `${exceeded} is ${manifest.limits[exceeded]}, at most ${limitsMax[exceeded]} is allowed.`)]),
    ...checkCapabilities(effects, height, manifest),
  ]
}

/** Against the grants and policies the proposal leads to: it may bring those its modules need. */
function checkCapabilities({ grants, policies }: EffectSettings, height: number, { module_id, required_caps }: ModuleManifest): ShadowIssue[] {
  for (const name of required_caps) {
    const denied = (detail: string): ShadowIssue[] => [issue('CAPS_DENIED', module_id, detail)]
    const granted = Object.hasOwn(grants, module_id) ? grants[module_id]! : {}
    if (!Object.hasOwn(granted, name)) return denied(`The capability "${name}" is not granted.`)
    const grant = granted[name]!
    if (grant.expires_height !== null && grant.expires_height < height) return denied(`The capability "${name}" has expired.`)
    if (!mayBeAllowed(policies, grant, name, module_id)) return denied(`No policy allows anything of the capability "${name}".`)
  }
  return []
}

function checkBytes(manifest: ModuleManifest, bytes: ModuleBytes, wasm: Uint8Array | null, signers: TrustedSigners): ShadowIssue[] {
  const { module_id, wasm_hash, exports } = manifest
  if (wasm === null) return [issue('ARTIFACT_MISSING', module_id, `No artifact has the hash ${wasm_hash}. Deploy it first.`)]
  if (toHex(sha256(wasm)) !== wasm_hash) return [issue('HASH_MISMATCH', module_id, 'The bytes of the artifact are not those its hash names.')]
  const unsigned = whyUnsigned(manifest, wasm, signers)
  if (unsigned !== null) return [unsigned]
  const found = bytes.inspect(wasm_hash, wasm)
  if (found.problem !== null) return [issue('ABI_INCOMPATIBLE', module_id, `No node would run it: ${found.problem}`)]
  const missing = exports.find((name) => !found.exports.includes(name))
  return missing === undefined ? [] : [issue('ABI_INCOMPATIBLE', module_id, `It does not export "${missing}".`)]
}

/** The same function as for genesis and for loading. Its codes say whom to ask. */
function whyUnsigned(manifest: ModuleManifest, wasm: Uint8Array | undefined, signers: TrustedSigners): ShadowIssue | null {
  try {
    verifyArtifactIdentity(manifest, signers, wasm)
    return null
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return issue(error.code, manifest.module_id, error.message)
  }
}

/** Modules that run on as they are, or run again, must be vouched for by those who are trusted then. Those that are upgraded or activated were looked at. */
function checkSigners(state: StateReader, { upgrade, activate }: ModuleChanges, after: WorldManifest, signers: TrustedSigners): ShadowIssue[] {
  const { trusted_signers, modules } = readManifest(state)
  const same = Object.keys(trusted_signers).every((id) => signers.has(id) && toHex(signers.get(id)!) === toHex(trusted_signers[id]!))
  const seen = new Set([...upgrade, ...activate].map(({ module_id }) => module_id))
  const unclear = Object.keys(after.modules).filter((id) => !seen.has(id) && !(same && after.modules[id]!.version === modules[id]?.version))
  return unclear.sort(compareStateKeys).flatMap((id) => whyUnsigned(readModuleVersion(state, id, after.modules[id]!.version)!.manifest, undefined, signers) ?? [])
}

const LIMITS = ['max_mem_bytes', 'max_gas', 'max_call_rate', 'max_output_bytes', 'max_effects', 'max_emits'] as const

/** More than half of what is allowed at all deserves a look. */
function highLimits({ module_id, limits }: ModuleManifest, limitsMax: ModuleCallLimits): ShadowIssue[] {
  return LIMITS.filter((limit) => 2 * limits[limit] > limitsMax[limit] && limits[limit] <= limitsMax[limit])
    .map((limit) => issue('LIMITS_HIGH', module_id, `${limit} is ${limits[limit]} of at most ${limitsMax[limit]}.`))
}
