import { cutText } from '../cut-text.ts'
import type { EventDraft } from '../event-log.ts'
import type { Receipt } from '../receipts.ts'
import { AGENT_PREFIX, compareStateKeys } from '../state/keys.ts'
import { readAgent } from '../state/read.ts'
import type { CommittedState, StagedState } from '../state/state.ts'
import { checkProposal } from './check-modules.ts'
import type { CheckContext } from './check-modules.ts'
import { hashOf, isBadManifest, manifestAfter, manifestHash } from './manifest.ts'
import { returningModules, touchedModules } from './module-changes.ts'
import { MAX_ISSUES, readManifest } from './records.ts'
import { rollbackWarnings } from './roll-back.ts'
import type { ProposalRecord, ShadowReplay, ShadowReport, ShadowRun, ShadowStatus } from './records.ts'

/** What one execution of a block came to. */
export interface BlockRun {
  readonly state: StagedState
  readonly events: readonly EventDraft[]
  readonly receipts: readonly Receipt[]
  readonly fuelUsed: number
}

type Counts = Readonly<Record<string, number>>

export const NO_REPLAY: ShadowReplay = {
  from_height: 0, to_height: 0, blocks: 0, actions: 0, events: {}, rejections: {}, balances: { electricity: 0, data: 0 }, fuel: 0, budget_exceeded: false,
}

/** A run with one more block: what came of it with the proposed modules, `candidate`, against what really came of it. */
export function runWith(run: ShadowRun, height: number, base: CommittedState, actual: BlockRun, candidate: BlockRun, fuelBudget: number): ShadowRun {
  const { replay } = run
  const fuel_used = run.fuel_used + candidate.fuelUsed
  const balances = balanceDifference(base, actual.state, candidate.state)
  return {
    fuel_used,
    replay: {
      from_height: replay.blocks === 0 ? height : replay.from_height,
      to_height: height,
      blocks: replay.blocks + 1,
      actions: replay.actions + actual.receipts.length,
      events: added(replay.events, difference(actual.events.map(({ kind }) => kind), candidate.events.map(({ kind }) => kind))),
      rejections: added(replay.rejections, difference(codesOf(actual), codesOf(candidate))),
      balances: { electricity: replay.balances.electricity + balances.electricity, data: replay.balances.data + balances.data },
      fuel: replay.fuel + candidate.fuelUsed - actual.fuelUsed,
      budget_exceeded: fuel_used > fuelBudget,
    },
  }
}

const codesOf = ({ receipts }: BlockRun): string[] => receipts.flatMap(({ code }) => code ?? [])

/** How much more often each name occurs in `candidate`. */
function difference(actual: readonly string[], candidate: readonly string[]): Counts {
  const counts: Record<string, number> = {}
  for (const name of candidate) counts[name] = (counts[name] ?? 0) + 1
  for (const name of actual) counts[name] = (counts[name] ?? 0) - 1
  return counts
}

/** Sums by name; what comes to nothing is left out. */
function added(a: Counts, b: Counts): Counts {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort(compareStateKeys)
  return Object.fromEntries(names.map((name): [string, number] => [name, (a[name] ?? 0) + (b[name] ?? 0)]).filter(([, count]) => count !== 0))
}

/** Over all agents; those that neither run changed are the same in both. */
function balanceDifference(base: CommittedState, actual: StagedState, candidate: StagedState): ShadowReplay['balances'] {
  const changed = new Set([...actual.changedKeys(), ...candidate.changedKeys()].filter((key) => key.startsWith(AGENT_PREFIX)))
  let electricity = 0
  let data = 0
  for (const id of changed) {
    const [was, would] = [readAgent(actual, id) ?? readAgent(base, id), readAgent(candidate, id) ?? readAgent(base, id)]
    electricity += (would?.electricity ?? 0) - (was?.electricity ?? 0)
    data += (would?.data ?? 0) - (was?.data ?? 0)
  }
  return { electricity, data }
}

/** The report of a proposal: all checks against the state at `context.height`, and what was replayed before. */
export function reportOf(context: CheckContext, proposalId: string, proposal: ProposalRecord, replay: ShadowReplay): { readonly report: ShadowReport; readonly reportHash: string; readonly manifestHash: string } {
  const after = manifestAfter(context.state, proposal)
  const { errors, warnings } = checkProposal(context, proposal.module_changes, after)
  const exceeded = replay.budget_exceeded ? [{ code: 'SHADOW_BUDGET_EXCEEDED', module_id: '', detail: 'The fuel for second runs of blocks was used up before the last of them.' }] : []
  const allWarnings = [...rollbackWarnings(context, proposal), ...warnings, ...exceeded].slice(0, MAX_ISSUES)
  const touched = [...touchedModules(proposal.module_changes), ...(isBadManifest(after) ? [] : returningModules(context.state, proposal.module_changes, after))]
  const status: ShadowStatus = errors.length > 0 ? 'failed' : allWarnings.length > 0 ? 'warning' : 'passed'
  const current = readManifest(context.state)
  const report: ShadowReport = {
    proposal_id: proposalId,
    status,
    checked_at: context.height,
    errors,
    warnings: allWarnings,
    modules: touched.map((module_id) => {
      const about = (issues: typeof errors): string[] => issues.filter((issue) => issue.module_id === module_id).map(({ code, detail }) => cutText(`${code}: ${detail}`, 400))
      const [wrong, odd] = [about(errors), about(warnings)]
      return { module_id, result: wrong.length > 0 ? 'error' : odd.length > 0 ? 'warning' : 'ok', notes: [...wrong, ...odd] }
    }),
    shadow_policy: current.governance.shadow_policy,
    replay,
  }
  return { report, reportHash: hashOf(report), manifestHash: manifestHash(isBadManifest(after) ? current : after) }
}
