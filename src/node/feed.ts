import { decodeCommit, signerIndexes, toHex, totalStake } from '../codec/index.ts'
import type { Commit, ValidatorSet } from '../codec/index.ts'
import type { NodeStorage } from '../storage/index.ts'
import type { Receipt, WorldEvent } from '../world/index.ts'
import type { BlockSummary, HeadStatus, ReceiptAt } from './api.ts'
import { decodeList } from './stored-blocks.ts'
import { readValidatorSet } from './validator-sets.ts'

/** Blocks kept at hand for the feed of a page that opens or reloads. */
export const FEED_BLOCKS = 200

export function headStatus(commit: Commit, hash: Uint8Array, validators: ValidatorSet, verifiedAt: number): HeadStatus {
  const { header, actions } = commit.block
  const signers = signerIndexes(commit.certificate.signers).map((index) => validators[index]!)
  return {
    height: header.height,
    block_hash: toHex(hash),
    state_root: toHex(header.state_root),
    time: header.time,
    round: header.round,
    proposer: header.proposer,
    actions: actions.length,
    verified_at: verifiedAt,
    signers: signers.map(({ validator_id }) => validator_id),
    signed_stake: signers.reduce((stake, validator) => stake + validator.stake, 0),
    total_stake: totalStake(validators),
    certificate_verified: true,
    executed: true,
  }
}

/** The newest verified blocks with their events and receipts, and where each of their receipts is. */
export class Feed {
  private blocks: BlockSummary[] = []
  private readonly receipts = new Map<string, { readonly height: number; readonly receipt: Receipt }>()

  push(block: BlockSummary): void {
    this.blocks.push(block)
    for (const receipt of block.receipts) this.receipts.set(receipt.action_id, { height: block.head.height, receipt })
    while (this.blocks.length > FEED_BLOCKS) {
      const { head, receipts } = this.blocks.shift()!
      // An action rejected once may be in a later block again; that receipt stays.
      for (const { action_id } of receipts) if (this.receipts.get(action_id)?.height === head.height) this.receipts.delete(action_id)
    }
  }

  recent(limit: number): readonly BlockSummary[] {
    return limit > 0 ? this.blocks.slice(-limit) : []
  }

  at(height: number): BlockSummary | null {
    return this.blocks.find((block) => block.head.height === height) ?? null
  }

  receipt(actionId: string): ReceiptAt | null {
    const found = this.receipts.get(actionId)
    if (found === undefined) return null
    const caused = `action:${actionId}`
    const events = this.at(found.height)?.events.filter((event) => event.caused_by === caused) ?? []
    return { height: found.height, receipt: found.receipt, events }
  }
}

/** A stored block as the feed shows it; it was verified and executed here before it was stored. Null when it is gone. */
export async function storedBlockSummary(storage: NodeStorage, height: number): Promise<BlockSummary | null> {
  const [stored, events, receipts] = await Promise.all([storage.readCommit(height), storage.readEvents(height), storage.readReceipts(height)])
  if (stored === null || events === null || receipts === null) return null
  const commit = decodeCommit(stored.commit)
  const validators = await readValidatorSet(storage, commit.block.header.validators_hash)
  if (validators === null) return null
  return {
    head: headStatus(commit, stored.block_hash, validators, commit.block.header.time),
    events: decodeList<WorldEvent>(events),
    receipts: decodeList<Receipt>(receipts),
  }
}
