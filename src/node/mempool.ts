import { AppError, decodeActionEnvelope, isConsistentAction, MAX_ACTION_BYTES } from '../codec/index.ts'
import type { NodeConsensusAction } from '../codec/index.ts'
import type { ActionProblem } from '../world/index.ts'

/** Waiting actions of everyone: some blocks' worth, about 1 MiB each thousand. */
export const MEMPOOL_MAX_ACTIONS = 10_000
/** Waiting actions of one actor, so that nobody fills the pool alone. */
export const MEMPOOL_MAX_PER_ACTOR = 32

export class MempoolError extends AppError {}

interface Entry {
  readonly action: NodeConsensusAction
  readonly actor: string
  readonly nonce: number
  readonly valid_until_height: number
}

export interface MempoolInit {
  /** The kernel's verdict on an action now, or null. */
  readonly check: (action: NodeConsensusAction) => Promise<ActionProblem | null>
}

/** Signed actions waiting for a block, first come first served, each actor's in the order of its nonces. */
export class Mempool {
  private readonly init: MempoolInit
  private readonly entries = new Map<string, Entry>()
  private readonly byActor = new Map<string, Map<number, string>>()

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
   * Takes an action in. Returns false when it was there already. Throws `MempoolError` with the kernel's code when it would be
   * rejected now, or `MEMPOOL_FULL`; an action that only waits for an earlier nonce in the pool is accepted.
   */
  async add(action: NodeConsensusAction): Promise<boolean> {
    if (this.entries.has(action.action_id)) return false
    if (action.payload_cbor.length > MAX_ACTION_BYTES || !isConsistentAction(action)) {
      throw new MempoolError('BAD_ACTION', 'The action does not match its id. Build it again from the signed envelope.')
    }
    const { actor, nonce, valid_until_height } = decodeActionEnvelope(action.payload_cbor)
    const waiting = this.byActor.get(actor)
    if (this.entries.size >= MEMPOOL_MAX_ACTIONS || (waiting?.size ?? 0) >= MEMPOOL_MAX_PER_ACTOR) {
      throw new MempoolError('MEMPOOL_FULL', 'Too many actions are waiting. Try again after the next block.')
    }
    if (waiting?.has(nonce) === true) {
      throw new MempoolError('BAD_NONCE', `Another action of this actor with nonce ${nonce} is waiting already.`, { nonce })
    }
    const problem = await this.init.check(action)
    const queued = problem?.code === 'BAD_NONCE' && waiting?.has(nonce - 1) === true
    if (problem !== null && !queued) throw new MempoolError(problem.code, problem.hint, problem.detail)
    this.entries.set(action.action_id, { action, actor, nonce, valid_until_height })
    const nonces = this.byActor.get(actor) ?? new Map<number, string>()
    nonces.set(nonce, action.action_id)
    this.byActor.set(actor, nonces)
    return true
  }

  /** The actions for the next block: at most so many and so many bytes, in arrival order, nonces of one actor ascending. */
  select(maxActions: number, maxBytes: number): NodeConsensusAction[] {
    const selected: NodeConsensusAction[] = []
    const taken = new Set<string>()
    let bytes = 0
    for (const [, entry] of this.entries) {
      const nonces = [...(this.byActor.get(entry.actor)?.keys() ?? [])].sort((a, b) => a - b)
      for (const nonce of nonces) {
        if (nonce > entry.nonce) break
        const id = this.byActor.get(entry.actor)!.get(nonce)!
        if (taken.has(id)) continue
        const { action } = this.entries.get(id)!
        const size = action.payload_cbor.length + 128 // id, hash and framing
        if (selected.length >= maxActions || bytes + size > maxBytes) return selected
        taken.add(id)
        selected.push(action)
        bytes += size
      }
    }
    return selected
  }

  /** Forgets what a block contained, what expired at its height and what its actors' nonces have passed. */
  committed(height: number, actions: readonly NodeConsensusAction[]): void {
    for (const action of actions) {
      const { actor, nonce } = decodeActionEnvelopeOrNull(action) ?? {}
      this.remove(action.action_id)
      if (actor === undefined || nonce === undefined) continue
      for (const [waiting, id] of this.byActor.get(actor) ?? []) if (waiting <= nonce) this.remove(id)
    }
    for (const [id, entry] of this.entries) if (entry.valid_until_height <= height) this.remove(id)
  }

  private remove(id: string): void {
    const entry = this.entries.get(id)
    if (entry === undefined) return
    this.entries.delete(id)
    const nonces = this.byActor.get(entry.actor)
    nonces?.delete(entry.nonce)
    if (nonces?.size === 0) this.byActor.delete(entry.actor)
  }
}

function decodeActionEnvelopeOrNull(action: NodeConsensusAction): { actor: string; nonce: number } | null {
  try {
    return decodeActionEnvelope(action.payload_cbor)
  } catch {
    return null
  }
}
