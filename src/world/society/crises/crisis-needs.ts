import type { CrisisKind, CrisisRecord } from '../records.ts'

/** What a crisis of severity 1 asks of a small world. */
const NEEDS: Readonly<Record<CrisisKind, { readonly needs: CrisisRecord['needs']; readonly base: number }>> = {
  solar_storm: { needs: 'electricity', base: 20 },
  network_outage: { needs: 'data', base: 8 },
  supply_shock: { needs: 'iron_ore', base: 3 },
  governance_deadlock: { needs: 'data', base: 10 },
}

/** For each so many agents the base counts once more, up to a bound: more hands, more to do, but never too much. */
const AGENTS_PER_STEP = 50
const MAX_STEPS = 5

export function needsOf(kind: CrisisKind, severity: number, agentCount: number): { readonly needs: CrisisRecord['needs']; readonly required: number } {
  const { needs, base } = NEEDS[kind]
  return { needs, required: base * severity * Math.min(MAX_STEPS, 1 + Math.floor(agentCount / AGENTS_PER_STEP)) }
}
