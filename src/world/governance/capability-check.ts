import type { Capability, PolicySet } from '../effects/records.ts'

const ORIGINS = ['action', 'event', 'tick'] as const

/** Whether the policy set lets a module do anything at all under a capability: for some kind of effect and origin, the first rule that matches allows. */
export function mayBeAllowed(policies: PolicySet, { effect_kinds }: Capability, name: string, moduleId: string): boolean {
  return effect_kinds.some((pattern) => ORIGINS.some((origin) => firstDecision(policies, pattern, name, moduleId, origin) === 'allow'))
}

function firstDecision(policies: PolicySet, pattern: string, name: string, moduleId: string, origin: string): 'allow' | 'deny' {
  for (const { when, decision } of policies) {
    if ((when.cap_name ?? name) !== name || (when.module_id ?? moduleId) !== moduleId || (when.origin_kind ?? origin) !== origin) continue
    // A denial of some kinds of effects leaves others to the next rules.
    if (decision === 'allow' ? overlaps(when.effect_kind ?? '*', pattern) : covers(when.effect_kind ?? '*', pattern)) return decision
  }
  return 'deny'
}

const stem = (pattern: string): string => (pattern.endsWith('*') ? pattern.slice(0, -1) : pattern)
const isOpen = (pattern: string): boolean => pattern.endsWith('*')

/** Whether some kind matches both patterns. */
function overlaps(a: string, b: string): boolean {
  if (isOpen(a) && isOpen(b)) return stem(a).startsWith(stem(b)) || stem(b).startsWith(stem(a))
  return covers(a, b) || covers(b, a)
}

/** Whether every kind that matches `inner` matches `outer`. */
function covers(outer: string, inner: string): boolean {
  return isOpen(outer) ? stem(inner).startsWith(stem(outer)) : outer === inner
}
