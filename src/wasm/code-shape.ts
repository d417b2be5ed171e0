import type { FunctionPlan } from './call-graph.ts'
import type { Edit } from './regions.ts'

/** How the charges of one function are written; chosen per function from what its code does. */
export interface CodeShape {
  /** The counter lives in a local, loaded on entry and stored before leaving; otherwise the global is used in place. */
  readonly cached: boolean
  readonly checksEntry: boolean
  /** One cold exit that all compares branch to, instead of one each. */
  readonly sharedExit: boolean
  /** Code at the end stores the counter or gives back the frame. */
  readonly settlesAtEnd: boolean
  /** The body stands in a block, so that those who leave early pass the code at the end too. */
  readonly wrapsBody: boolean
  readonly usesCounterLocal: boolean
}

/** Memory accesses to the counter: load and store around a call, and load, store and their latency for a charge in place. */
const CALL_TRAFFIC = 3
const IN_PLACE_TRAFFIC = 3
const CACHED_ENTRY_TRAFFIC = 2
const IN_PLACE_FRAME_TRAFFIC = 2

export function chooseShape(plan: FunctionPlan, plans: readonly FunctionPlan[]): CodeShape {
  const { flow } = plan.body
  let chargeWeight = 0
  let loopChecks = 0
  for (const region of flow.regions) {
    if (region.cost === 0) continue
    chargeWeight += region.weight
    if (region.kind === 'loop') loopChecks++
  }
  let callWeight = 0
  let touchingCalls = 0
  for (const edit of flow.edits) {
    if (!touchesCounter(edit, plans)) continue
    touchingCalls++
    callWeight += flow.regions[edit.region]!.weight
  }
  const cachedTraffic = CACHED_ENTRY_TRAFFIC + chargeWeight + CALL_TRAFFIC * callWeight
  const cached = cachedTraffic < IN_PLACE_TRAFFIC * chargeWeight + (plan.recursive ? IN_PLACE_FRAME_TRAFFIC : 0)
  const bounded = flow.loops === 0 && touchingCalls === 0 // cannot run long by itself; whoever loops over it compares
  const checksEntry = !bounded || plan.recursive
  const settlesAtEnd = cached || plan.recursive
  const dynamicChecks = flow.bulkOperations + flow.grows
  return {
    cached,
    checksEntry,
    sharedExit: cached && (checksEntry ? 1 : 0) + loopChecks + dynamicChecks > 1,
    settlesAtEnd,
    wrapsBody: settlesAtEnd && flow.leavesEarly,
    usesCounterLocal: cached || checksEntry || dynamicChecks > 0,
  }
}

/** Whether the instruction under this edit may change the counter global behind the back of a cached one. */
export function touchesCounter(edit: Edit, plans: readonly FunctionPlan[]): boolean {
  return edit.kind === 'callIndirect' || (edit.kind === 'call' && plans[edit.callee]!.touchesCounter)
}
