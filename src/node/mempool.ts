import { AppError, decodeActionEnvelope, isConsistentAction, MAX_ACTION_BYTES } from '../codec/index.ts'
import type { NodeConsensusAction } from '../codec/index.ts'
import type { ActionProblem } from '../world/index.ts'

/** Waiting actions of everyone: some blocks' worth, about 1 MiB each thousand. */
export const MEMPOOL_MAX_ACTIONS = 10_000
/** Waiting actions of one actor, so that nobody fills the pool alone. */
export const MEMPOOL_MAX_PER_ACTOR = 32
/** Registrations waiting: keys are free, so newcomers may not crowd out those who live here. */
export const MEMPOOL_MAX_NEWCOMERS = 2_000
/** Actions whose check is under way or waiting: about a second of signature checks. */
export const MEMPOOL_MAX_UNCHECKED = 2_000
/** Actions checked by one call to the executor: few milliseconds, so that blocks do not wait behind a flood. */
const CHECK_BATCH = 64
/** Bytes of id, hash and framing beside the envelope of an action in a block. */
const ACTION_OVERHEAD_BYTES = 128

/** Rejections by which a block leaves the actor's nonce as it was: the action was not authentic or not next. */
const NONCE_UNTOUCHED: ReadonlySet<string> = new Set([
  'BAD_ACTION', 'WRONG_WORLD', 'EXPIRED', 'VALID_TOO_LONG', 'NOT_ALLOWED', 'UNKNOWN_KIND', 'UNKNOWN_ACTOR', 'AGENT_EXISTS', 'BAD_SIGNATURE', 'BAD_NONCE',
])

export class MempoolError extends AppError {}

interface Entry {
  readonly action: NodeConsensusAction
  readonly actor: string
  readonly nonce: number
  readonly valid_until_height: number
  readonly newcomer: boolean
}

interface Unchecked {
  readonly entry: Entry
  readonly settle: (problem: ActionProblem | null) => void
  readonly fail: (error: unknown) => void
}

/** What a block says about an action: null when it was applied. */
export interface IncludedAction {
  readonly action: NodeConsensusAction
  readonly code: string | null
}

export interface MempoolInit {
  /** The kernel's verdict on each action now, or null. Called with bounded batches, one at a time. */
  readonly check: (actions: readonly NodeConsensusAction[]) => Promise<readonly (ActionProblem | null)[]>
}

/** Signed actions waiting for a block, first come first served, each actor's in the order of its nonces, without gaps. */
export class Mempool {
  private readonly init: MempoolInit
  private readonly entries = new Map<string, Entry>()
  /** Per actor: its entries by ascending nonce. */
  private readonly byActor = new Map<string, Entry[]>()
  private newcomers = 0
  private unchecked: Unchecked[] = []
  private readonly underWay = new Map<string, Promise<boolean>>()
  private checking = false

  constructor(init: MempoolInit) {
    this.init = init
  }

  get size(): number {
    return this.entries.size
  }

  has(actionId: string): boolean {
    return this.entries.has(actionId)
  }

  /**
   * Takes an action in. Resolves to false when it was there already. Throws `MempoolError` with the kernel's code when it would be
   * rejected now, `MEMPOOL_FULL` or `MEMPOOL_BUSY`; an action that only waits for the one before it in the pool is accepted.
   */
  async add(action: NodeConsensusAction): Promise<boolean> {
    const { action_id } = action
    if (this.entries.has(action_id)) return false
    const known = this.underWay.get(action_id)
    if (known !== undefined) return known.then(() => false)
    const entry = entryOf(action)
    this.assertRoom(entry)
    if (this.unchecked.length >= MEMPOOL_MAX_UNCHECKED) throw new MempoolError('MEMPOOL_BUSY', 'Too many actions are being checked. Try again in a moment.')
    const added = this.checked(entry)
    this.underWay.set(action_id, added)
    try {
      return await added
    } finally {
      this.underWay.delete(action_id)
    }
  }

  /** The actions for the next block: at most so many and so many bytes, in arrival order, nonces of one actor ascending. */
  select(maxActions: number, maxBytes: number): NodeConsensusAction[] {
    const selected: NodeConsensusAction[] = []
    const taken = new Map<string, number>()
    let bytes = 0
    for (const { actor, nonce } of this.entries.values()) {
      const line = this.byActor.get(actor)!
      let next = taken.get(actor) ?? 0
      for (let entry = line[next]; entry !== undefined && entry.nonce <= nonce; entry = line[++next]) {
        const size = entry.action.payload_cbor.length + ACTION_OVERHEAD_BYTES
        if (selected.length >= maxActions || bytes + size > maxBytes) return selected
        selected.push(entry.action)
        bytes += size
      }
      taken.set(actor, next)
    }
    return selected
  }

  /** Forgets what a block contained, what its actors' nonces have passed, and what can be in no later block. */
  committed(height: number, included: readonly IncludedAction[]): void {
    for (const { action, code } of included) {
      this.remove(action.action_id)
      if (code !== null && NONCE_UNTOUCHED.has(code)) continue
      const { actor, nonce } = decodeActionEnvelope(action.payload_cbor)
      for (const entry of this.byActor.get(actor) ?? []) if (entry.nonce <= nonce) this.remove(entry.action.action_id)
    }
    for (const [id, entry] of this.entries) {
      if (entry.valid_until_height > height || !this.entries.has(id)) continue
      // Those behind it in its actor's line wait for a nonce that will not come.
      for (const later of this.byActor.get(entry.actor)!) if (later.nonce >= entry.nonce) this.remove(later.action.action_id)
    }
  }

  private async checked(entry: Entry): Promise<boolean> {
    const problem = await new Promise<ActionProblem | null>((settle, fail) => {
      this.unchecked.push({ entry, settle, fail })
      void this.drain()
    })
    // While it was checked, a block or another action may have changed what holds for it.
    this.assertRoom(entry)
    const follows = this.byActor.get(entry.actor)?.at(-1)?.nonce === entry.nonce - 1
    if (problem !== null && !(problem.code === 'BAD_NONCE' && follows)) throw new MempoolError(problem.code, problem.hint, problem.detail)
    this.insert(entry)
    return true
  }

  private async drain(): Promise<void> {
    if (this.checking) return
    this.checking = true
    while (this.unchecked.length > 0) {
      const batch = this.unchecked.splice(0, CHECK_BATCH)
      try {
        const problems = await this.init.check(batch.map(({ entry }) => entry.action))
        batch.forEach(({ settle }, index) => settle(problems[index] ?? null))
      } catch (error) {
        for (const { fail } of batch) fail(error)
      }
    }
    this.checking = false
  }

  private assertRoom({ actor, nonce, newcomer }: Entry): void {
    const line = this.byActor.get(actor)
    const full = this.entries.size >= MEMPOOL_MAX_ACTIONS || (line?.length ?? 0) >= MEMPOOL_MAX_PER_ACTOR || (newcomer && this.newcomers >= MEMPOOL_MAX_NEWCOMERS)
    if (full) throw new MempoolError('MEMPOOL_FULL', 'Too many actions are waiting. Try again after the next block.')
    if (line?.some((entry) => entry.nonce === nonce) === true) {
      throw new MempoolError('BAD_NONCE', `Another action of this actor with nonce ${nonce} is waiting already.`, { nonce })
    }
  }

  private insert(entry: Entry): void {
    this.entries.set(entry.action.action_id, entry)
    if (entry.newcomer) this.newcomers++
    const line = this.byActor.get(entry.actor)
    if (line === undefined) this.byActor.set(entry.actor, [entry])
    else line.splice(line.findLastIndex(({ nonce }) => nonce < entry.nonce) + 1, 0, entry)
  }

  private remove(id: string): void {
    const entry = this.entries.get(id)
    if (entry === undefined) return
    this.entries.delete(id)
    if (entry.newcomer) this.newcomers--
    const left = this.byActor.get(entry.actor)!.filter((other) => other !== entry)
    if (left.length === 0) this.byActor.delete(entry.actor)
    else this.byActor.set(entry.actor, left)
  }
}

function entryOf(action: NodeConsensusAction): Entry {
  if (action.payload_cbor.length > MAX_ACTION_BYTES || !isConsistentAction(action)) {
    throw new MempoolError('BAD_ACTION', 'The action does not match its id. Build it again from the signed envelope.')
  }
  const { actor, nonce, valid_until_height, action: { kind } } = decodeActionEnvelope(action.payload_cbor)
  return { action, actor, nonce, valid_until_height, newcomer: kind === 'register_agent' }
}
