import type { LightBlock } from '../light/index.ts'
import type { NodeStorage } from '../storage/index.ts'
import type { BlockSummary, HeadStatus, NodeStatus, ReceiptAt, RefusalNotice } from './api.ts'
import { Feed, FEED_BLOCKS, storedBlockSummary } from './feed.ts'
import { storedLightBlock } from './stored-blocks.ts'

/** Refusals kept for the page. */
const REFUSALS_KEPT = 50

/** What a node remembers for those who look at it: the newest blocks, who signed when, and what was refused. */
export class History {
  private readonly storage: NodeStorage
  private readonly feed = new Feed()
  private readonly signed = new Map<string, number>()
  private newest: HeadStatus | null = null
  private earliest: number | null = null
  private notices: readonly RefusalNotice[] = []

  constructor(storage: NodeStorage) {
    this.storage = storage
  }

  /** Fills the feed from storage, so that blocks and receipts are found after a restart. */
  async load(height: number): Promise<void> {
    await this.refreshEarliest()
    for (let at = Math.max(1, this.earliest ?? 1, height - FEED_BLOCKS + 1); at <= height; at++) {
      const summary = await storedBlockSummary(this.storage, at)
      if (summary !== null) this.push(summary)
    }
  }

  push(summary: BlockSummary): void {
    this.newest = summary.head
    this.earliest ??= summary.head.height
    for (const id of summary.head.signers) this.signed.set(id, summary.head.height)
    this.feed.push(summary)
  }

  async refreshEarliest(): Promise<void> {
    this.earliest = await this.storage.earliestHeight()
  }

  get head(): HeadStatus | null {
    return this.newest
  }

  get lastSigned(): ReadonlyMap<string, number> {
    return this.signed
  }

  recent(limit: number): readonly BlockSummary[] {
    return this.feed.recent(Math.min(limit, FEED_BLOCKS))
  }

  async at(height: number): Promise<BlockSummary | null> {
    if (!Number.isSafeInteger(height) || height < 1) return null
    return this.feed.at(height) ?? (await storedBlockSummary(this.storage, height))
  }

  async lightBlock(height: number): Promise<LightBlock | null> {
    return Number.isSafeInteger(height) && height >= 1 ? storedLightBlock(this.storage, height) : null
  }

  receipt(actionId: string): ReceiptAt | null {
    return this.feed.receipt(actionId)
  }

  refuse(notice: RefusalNotice): void {
    this.notices = [...this.notices, notice].slice(-REFUSALS_KEPT)
  }

  get refusals(): readonly RefusalNotice[] {
    return this.notices
  }

  storageStatus(height: number, persistent: boolean): NodeStatus['storage'] {
    const blocks = this.earliest === null ? 0 : Math.max(0, height - this.earliest + 1)
    return { earliest_height: this.earliest, blocks, persistent }
  }
}
