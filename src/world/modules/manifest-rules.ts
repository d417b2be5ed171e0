import type { ErrorDetail } from '../../codec/index.ts'
import { entrypointOf } from '../module-manifest.ts'
import type { ModuleManifest } from '../module-manifest.ts'
import { compileFilter, FilterError } from '../rules/filter.ts'
import { PatternError } from '../rules/text-pattern.ts'

export interface ManifestProblem {
  readonly message: string
  readonly detail: ErrorDetail
  readonly cause?: unknown
}

/** Where a manifest disagrees with itself, or null. Bytes, signature and grants are checked elsewhere. */
export function whyBadManifest(manifest: ModuleManifest): ManifestProblem | null {
  const { module_id, exports, subscriptions, required_caps, abi_contract } = manifest
  const bad = (message: string, detail: ErrorDetail = {}, cause?: unknown): ManifestProblem => ({ message, detail: { module_id, ...detail }, ...(cause === undefined ? {} : { cause }) })
  if (!exports.includes(entrypointOf(manifest))) return bad(`${module_id} must list its entrypoint "${entrypointOf(manifest)}" among its exports.`)
  const { stage, action_kinds, event_kinds, filters } = subscriptions
  const expected = stage === 'pre_action' || stage === 'post_action' ? action_kinds : stage === 'post_event' ? event_kinds : []
  const mayBeIdle = stage === 'tick' || (abi_contract?.policy_hooks.length ?? 0) > 0
  if (action_kinds.length + event_kinds.length !== expected.length || (!mayBeIdle && expected.length === 0)) {
    return bad(`${module_id} must subscribe to the kinds its stage "${stage}" is about, and to no others.`, { stage })
  }
  for (const [slot, capability] of Object.entries(abi_contract?.cap_slots ?? {})) {
    if (!required_caps.includes(capability)) return bad(`The slot "${slot}" of ${module_id} stands for the capability "${capability}", which it does not require.`, { slot })
  }
  if (filters === undefined) return null
  try {
    compileFilter(filters)
  } catch (error) {
    if (!(error instanceof FilterError || error instanceof PatternError)) throw error
    return bad(`The filter of ${module_id} cannot be used. ${error.message}`, { ...error.detail, reason: error.code }, error)
  }
  return null
}
