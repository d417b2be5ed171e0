import { FRAME_OVERHEAD_SLOTS, SLOTS_PER_UNIT } from './costs.ts'
import type { ChargingRules } from './costs.ts'
import type { FunctionBody } from './function-body.ts'
import type { ModuleLimits } from './limits.ts'
import type { FunctionType, ParsedModule } from './module.ts'
import { atMost } from './parse.ts'
import type { Region } from './regions.ts'
import { strongComponents } from './strong-components.ts'

/** How one function is charged: its body with settled region costs, and what its callers must know. */
export interface FunctionPlan {
  readonly body: FunctionBody
  /** Lies on a cycle of the call graph: its frames are counted at run time. Frames of all others are bounded statically. */
  readonly recursive: boolean
  /** Charged in full by its callers; its code stays as it is, so engines can still inline it. */
  readonly helper: boolean
  /** A call to it may change the counter. */
  readonly touchesCounter: boolean
  /** What a caller pays for a helper. */
  readonly worstCost: number
  /** Stack units of its frame and of the deepest non-recursive chain of calls below it. */
  readonly frameUnits: number
}

/** Settles every function, callees before callers. Throws WASM_LIMIT when a frame or a static chain of calls is too deep. */
export function planFunctions(module: ParsedModule, bodies: readonly FunctionBody[], limits: ModuleLimits, rules: ChargingRules): FunctionPlan[] {
  const graph = callGraph(module, bodies)
  const reachedFromOutside = new Set(graph.indirectTargets)
  for (const { kind, index } of module.exports) if (kind === 'function') reachedFromOutside.add(index)
  if (module.start !== null) reachedFromOutside.add(module.start)

  const plans: FunctionPlan[] = []
  const chainUnits = new Int32Array(graph.successors.length) // per node: units a non-recursive caller must reserve for it
  for (const component of strongComponents(graph.successors)) {
    const recursive = component.length > 1 || graph.successors[component[0]!]!.includes(component[0]!)
    // Signature groups first: a function in the same component may call through them.
    const ordered = component.toSorted((a, b) => b - a)
    for (const node of ordered) {
      const below = graph.successors[node]!.reduce((deepest, next) => Math.max(deepest, chainUnits[next]!), 0)
      const body = bodies[node]
      if (body === undefined) {
        chainUnits[node] = below
        continue
      }
      const plan = planFunction(body, plans, recursive, below, reachedFromOutside.has(node), rules)
      const slots = ownSlots(body)
      atMost(limits, 'frameSlots', slots, body.codeStart)
      atMost(limits, 'staticStackUnits', plan.frameUnits, body.codeStart)
      plans[node] = plan
      chainUnits[node] = recursive ? 0 : plan.frameUnits
    }
  }
  return plans
}

interface CallGraph {
  /** Nodes are the functions, then one node per signature that call_indirect may use; its successors are the functions of the table. */
  readonly successors: number[][]
  readonly indirectTargets: ReadonlySet<number>
}

function callGraph(module: ParsedModule, bodies: readonly FunctionBody[]): CallGraph {
  const groupOfSignature = new Map<string, number>()
  const groups: number[][] = []
  const groupOf = (type: FunctionType): number => {
    const key = `${type.params.join()}>${type.results.join()}`
    const known = groupOfSignature.get(key)
    if (known !== undefined) return known
    groupOfSignature.set(key, groups.length)
    return groups.push([]) - 1
  }
  const groupOfType = module.types.map(groupOf)
  const indirectTargets = new Set(module.elements.flatMap((segment) => segment.functions))
  for (const target of indirectTargets) groups[groupOfType[module.functions[target]!]!]!.push(target)
  const successors = bodies.map(({ flow }) => [
    ...new Set(flow.directCallees),
    ...new Set([...flow.indirectTypes].map((type) => bodies.length + groupOfType[type]!)),
  ])
  return { successors: [...successors, ...groups], indirectTargets }
}

function ownSlots(body: FunctionBody): number {
  return body.type.params.length + body.locals + body.maxOperands + FRAME_OVERHEAD_SLOTS
}

function planFunction(
  body: FunctionBody, plans: readonly FunctionPlan[], recursive: boolean, unitsBelow: number, reachedFromOutside: boolean, rules: ChargingRules,
): FunctionPlan {
  const { flow } = body
  let touchesCounter = flow.indirectTypes.size > 0
  for (const edit of flow.edits) {
    if (edit.kind !== 'call') continue
    const callee = plans[edit.callee] // undefined: in the same cycle, not settled yet, never a helper
    if (callee?.helper === true) flow.regions[edit.region]!.cost += callee.worstCost
    if (callee?.touchesCounter ?? true) touchesCounter = true
  }
  foldRegions(flow.regions, rules.foldedRegionCost)
  const worstCost = flow.regions.reduce((sum, region) => sum + region.cost, 0)
  const helper = !recursive && !reachedFromOutside && flow.loops === 0 && flow.bulkOperations === 0 && flow.grows === 0
    && worstCost <= rules.helperCost && worstCost - flow.regions[0]!.cost <= rules.helperSpread
  return {
    body, recursive, helper, worstCost,
    touchesCounter: touchesCounter || !helper,
    frameUnits: Math.ceil(ownSlots(body) / SLOTS_PER_UNIT) + unitsBelow,
  }
}

/**
 * Moves charges towards the entry, so that fewer remain: what both arms of an if cost is charged before it, and small conditional
 * regions are charged with their parent. Per parent, at most `slack` + 25 % of its own cost is folded in.
 * A loop whose own cost stays zero needs no charge: the first thing it does is enter a loop that has one.
 */
function foldRegions(regions: readonly Region[], slack: number): void {
  const folded = new Float64Array(regions.length)
  for (let i = regions.length - 1; i > 0; i--) {
    const region = regions[i]!
    const parent = regions[region.parent]!
    if (region.merged) {
      parent.cost += region.cost
      region.cost = 0
      continue
    }
    if (region.kind === 'loop') continue
    if (region.sibling >= 0) {
      const sibling = regions[region.sibling]!
      const common = Math.min(sibling.cost, region.cost)
      parent.cost += common
      sibling.cost -= common
      region.cost -= common
    }
    const alreadyFolded = folded[region.parent]!
    if (region.cost <= slack && 4 * (alreadyFolded + region.cost) <= 4 * slack + parent.cost - alreadyFolded) {
      folded[region.parent] = alreadyFolded + region.cost
      parent.cost += region.cost
      region.cost = 0
    }
  }
}
