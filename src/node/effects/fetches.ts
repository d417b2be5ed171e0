import type { EffectReceipt } from '../../codec/index.ts'
import type { AllowList } from './allow-list.ts'
import type { FetchOutcome } from './http-fetch.ts'
import type { EffectJournal } from './journal.ts'

/** Requests at one time. */
const MAX_CONCURRENT = 4
/** Requests for one effect, restarts included, before that nobody answered is what came of it. */
const MAX_TRIES = 3

export interface FetchesInit {
  readonly journal: EffectJournal
  readonly allow: AllowList
  readonly fetch: (url: string) => Promise<FetchOutcome>
}

/** What came of requests: each effect at most one at a time, and one result for ever. */
export class Fetches {
  private readonly init: FetchesInit
  private readonly underWay = new Map<string, Promise<EffectReceipt | null>>()
  private stopped = false

  constructor(init: FetchesInit) {
    this.init = init
  }

  /** Whether this host may be asked for it at all. */
  allows(url: string): boolean {
    return URL.canParse(url) && this.init.allow.allows(new URL(url))
  }

  /** What came of an intent: on record, or by a request now. Null when there is nothing yet: not allowed here, too much to do, or nobody answered. */
  receiptOf(intentId: string, url: string): Promise<EffectReceipt | null> {
    const known = this.init.journal.receiptOf(intentId)
    if (known !== null) return Promise.resolve(known)
    const running = this.underWay.get(intentId)
    if (running !== undefined) return running
    if (this.stopped || this.underWay.size >= MAX_CONCURRENT || !this.allows(url)) return Promise.resolve(null)
    const request = this.request(intentId, url).finally(() => this.underWay.delete(intentId))
    this.underWay.set(intentId, request)
    return request
  }

  /** What is under way comes to nothing: it counts as a try. */
  stop(): void {
    this.stopped = true
  }

  private async request(intent_id: string, url: string): Promise<EffectReceipt | null> {
    const { journal, fetch } = this.init
    if (journal.tries(intent_id) >= MAX_TRIES) return this.keep({ intent_id, status: 'unreachable', payload: null, cost_cents: null })
    journal.begin(intent_id)
    const { status, payload, final } = await fetch(url)
    if (this.stopped) return null
    if (!final && journal.tries(intent_id) < MAX_TRIES) return null
    return this.keep({ intent_id, status, payload, cost_cents: null })
  }

  private keep(receipt: EffectReceipt): EffectReceipt {
    this.init.journal.keep(receipt)
    return receipt
  }
}
