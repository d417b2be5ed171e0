import { COST_PER_8_LOCALS, FUNCTION_ENTRY_COST } from './costs.ts'

/**
 * Control-equivalent regions: code that runs exactly as often as other code shares one charge. A region is larger than a basic
 * block: what follows a construct that nobody branches out of belongs to the region before it. (Same idea as the "metered blocks"
 * of paritytech/wasm-instrument, carried further.)
 */
export type RegionKind =
  | 'entry' // runs once per call
  | 'loop' // runs once per iteration; the only kind whose charge is compared with zero
  | 'arm' // then or else
  | 'fall' // after a br_if that was not taken
  | 'join' // after a construct that some paths leave early

export interface Region {
  readonly kind: RegionKind
  /** Region that decides whether this one runs; always an earlier index. -1 for the entry. */
  readonly parent: number
  /** For an else arm: its then arm. Otherwise -1. */
  readonly sibling: number
  /** Estimated executions per call, to choose a code shape. Dyadic, so that every engine computes the same number. */
  readonly weight: number
  cost: number
  /** A loop nobody branches back to: it runs as often as its parent. */
  merged: boolean
}

/** Places in the body where code is inserted or replaced, in order of position. */
export type EditKind = 'charge' | 'call' | 'callIndirect' | 'return' | 'bulk' | 'grow'

export interface Edit {
  readonly kind: EditKind
  /** Range of original bytes the edit covers; empty for a charge. */
  readonly start: number
  readonly end: number
  /** Index of the region it lies in (for a charge: the region it charges). */
  readonly region: number
  /** Constructs open around it inside the body. */
  readonly depth: number
  /** The callee of a direct call, otherwise -1. */
  readonly callee: number
}

/** Region index of code that never runs. */
const DEAD = -1
const LOOP_WEIGHT = 8
const ARM_WEIGHT = 0.5
const REST_WEIGHT = 0.75
/** Keeps weights finite however deep loops nest. */
const MAX_WEIGHT = 2 ** 40

export type Construct = 'block' | 'loop' | 'if'

interface Frame {
  readonly construct: Construct
  /** Region of the code before the construct; -1 if that is never reached. */
  readonly entry: number
  /** Region that starts inside it: the loop's body or the then arm. */
  readonly head: number
  /** Something inside branches to a target outside this construct. */
  escaped: boolean
  /** Something branches to this construct's label. */
  targeted: boolean
  hasElse: boolean
  thenFallsThrough: boolean
}

/** Follows a function body instruction by instruction and yields its regions and edits. Costs are added as instructions are met. */
export class RegionBuilder {
  readonly regions: Region[] = []
  readonly edits: Edit[] = []
  /** Loops with a back edge. */
  loops = 0
  bulkOperations = 0
  grows = 0
  /** Something returns, or branches to the label of the function, even where nothing ever runs: that must stay valid too. */
  leavesEarly = false
  readonly directCallees: number[] = []
  /** Type indices of indirect calls. */
  readonly indirectTypes = new Set<number>()

  private readonly frames: Frame[] = []
  private current = DEAD

  constructor(start: number, locals: number) {
    this.frames.push({ construct: 'block', entry: DEAD, head: DEAD, escaped: false, targeted: false, hasElse: false, thenFallsThrough: false })
    this.current = this.open('entry', -1, -1, 1, start)
    this.charge(FUNCTION_ENTRY_COST + Math.ceil(locals / 8) * COST_PER_8_LOCALS)
  }

  /** Whether the code at this point can run at all. */
  get live(): boolean {
    return this.current !== DEAD
  }

  charge(cost: number): void {
    if (this.current !== DEAD) this.regions[this.current]!.cost += cost
  }

  /** A block, loop or if begins; `at` is the position after its block type. The condition of an if is charged before. */
  begin(construct: Construct, at: number): void {
    const entry = this.current
    const frame = { construct, entry, head: DEAD, escaped: false, targeted: false, hasElse: false, thenFallsThrough: false }
    if (entry !== DEAD && construct !== 'block') {
      const weight = this.regions[entry]!.weight
      // The charge stands inside the construct: for a loop it must run on every iteration.
      frame.head = this.current = construct === 'loop'
        ? this.openInside('loop', entry, Math.min(weight * LOOP_WEIGHT, MAX_WEIGHT), at)
        : this.openInside('arm', entry, weight * ARM_WEIGHT, at)
    }
    this.frames.push(frame)
  }

  otherwise(at: number): void {
    const frame = this.frames.at(-1)!
    frame.hasElse = true
    frame.thenFallsThrough = this.live
    if (frame.entry !== DEAD) {
      this.current = this.open('arm', frame.entry, frame.head, this.regions[frame.entry]!.weight * ARM_WEIGHT, at)
    }
  }

  /** The innermost construct ends; `at` is the position after its `end`. */
  end(at: number): void {
    const frame = this.frames.pop()!
    if (this.frames.length === 0) return
    const { construct, entry, targeted } = frame
    if (entry === DEAD) {
      this.current = DEAD
      return
    }
    if (construct === 'loop') {
      if (targeted) this.loops++
      else this.regions[frame.head]!.merged = true
    }
    const skipsThen = construct === 'if' && !frame.hasElse
    const joined = construct !== 'loop' && (targeted || skipsThen || frame.thenFallsThrough)
    if (!this.live && !joined) return
    if (!frame.escaped) {
      this.current = entry // whoever entered comes out here
    } else if (construct === 'if' || (construct === 'block' && targeted)) {
      this.current = this.open('join', entry, -1, this.regions[entry]!.weight * REST_WEIGHT, at)
    } // else only the fall-through gets here, and it stays in its region
  }

  branch(label: number): void {
    this.noteLabel(label)
    if (!this.live) return
    this.markTarget(label)
    this.current = DEAD
  }

  branchIf(label: number, at: number): void {
    this.noteLabel(label)
    if (!this.live) return
    this.markTarget(label)
    this.current = this.open('fall', this.current, -1, this.regions[this.current]!.weight * REST_WEIGHT, at)
  }

  branchTable(labels: readonly number[]): void {
    // One walk for all labels: a table of many labels deep inside would otherwise cost their product.
    const outermost = labels.reduce((most, label) => Math.max(most, label), 0)
    this.noteLabel(outermost)
    if (!this.live) return
    for (const label of labels) this.frames[this.frames.length - 1 - label]!.targeted = true
    this.markTarget(outermost)
    this.current = DEAD
  }

  returns(start: number, end: number): void {
    this.leavesEarly = true
    if (!this.live) return
    this.edit('return', start, end)
    this.markTarget(this.frames.length - 1)
    this.current = DEAD
  }

  unreachable(): void {
    this.current = DEAD
  }

  call(callee: number, start: number, end: number): void {
    if (!this.live) return
    this.directCallees.push(callee)
    this.edit('call', start, end, callee)
  }

  callIndirect(type: number, start: number, end: number): void {
    if (!this.live) return
    this.indirectTypes.add(type)
    this.edit('callIndirect', start, end)
  }

  /** memory.copy, fill, init: charged by the length on top of the stack. */
  bulk(start: number, end: number): void {
    if (!this.live) return
    this.bulkOperations++
    this.edit('bulk', start, end)
  }

  grow(start: number, end: number): void {
    if (!this.live) return
    this.grows++
    this.edit('grow', start, end)
  }

  private noteLabel(label: number): void {
    if (label === this.frames.length - 1) this.leavesEarly = true
  }

  private markTarget(label: number): void {
    const target = this.frames.length - 1 - label
    this.frames[target]!.targeted = true
    for (let i = target + 1; i < this.frames.length; i++) this.frames[i]!.escaped = true
  }

  private open(kind: RegionKind, parent: number, sibling: number, weight: number, at: number): number {
    return this.openAt(kind, parent, sibling, weight, at, this.frames.length - 1)
  }

  private openInside(kind: RegionKind, parent: number, weight: number, at: number): number {
    return this.openAt(kind, parent, -1, weight, at, this.frames.length)
  }

  private openAt(kind: RegionKind, parent: number, sibling: number, weight: number, at: number, depth: number): number {
    const region = this.regions.length
    this.regions.push({ kind, parent, sibling, weight, cost: 0, merged: false })
    this.edits.push({ kind: 'charge', start: at, end: at, region, depth, callee: -1 })
    return region
  }

  private edit(kind: EditKind, start: number, end: number, callee = -1): void {
    this.edits.push({ kind, start, end, region: this.current, depth: this.frames.length - 1, callee })
  }
}
