import { AppError, equalBytes, errorInfo } from '../../codec/index.ts'
import type { BlockHeader, EffectReceipt, ReceiptSignature, Value } from '../../codec/index.ts'
import { createSigner, signReceipt } from '../../crypto/index.ts'
import type { ReceiptSigner, Signer } from '../../crypto/index.ts'
import type { NetworkHost } from '../../network/index.ts'
import { effectKey, executorKey, HTTP_FETCH, mayExecute, signAction, validatorKey } from '../../world/index.ts'
import type { EffectRecord, Executor, HttpFetchParams, ListedExecutor } from '../../world/index.ts'
import type { BlockSummary } from '../api.ts'
import type { WorldNode } from '../node.ts'
import { createAllowList } from './allow-list.ts'
import { Fetches } from './fetches.ts'
import { fetchDocument } from './http-fetch.ts'
import type { FetchOutcome } from './http-fetch.ts'
import type { EffectJournal } from './journal.ts'
import { claimsOf, gatherShares, receiptShare, vouchFor } from './shares.ts'
import { turnAt } from './turns.ts'
import type { Turn } from './turns.ts'

/** A receipt may wait so many blocks for its place; its anchor is good for longer. */
const VALID_BLOCKS = 12
/** Receipts on their way at a time: their nonces follow each other, so one that is lost holds up the rest. */
const MAX_SENT = 8
const MAX_EFFECTS = 4_095
const MAX_EXECUTORS = 256
/** Refusals after which an effect is nobody's business any more. */
const OVER: ReadonlySet<string> = new Set(['EFFECT_NOT_FOUND', 'EFFECT_NOT_QUEUED'])

/** What the runner needs of the node it runs beside. */
export type EffectHost = Pick<WorldNode, 'worldId' | 'certifiedHead' | 'record' | 'keys' | 'submit' | 'receipt' | 'lightBlockAt'>

export interface EffectRunnerInit {
  readonly host: EffectHost
  readonly validator: { readonly validator_id: string; readonly seed: Uint8Array }
  /** Where other participants of a group are asked; null asks nobody. */
  readonly network: Pick<NetworkHost, 'peers' | 'rpc'> | null
  /** Origins it may fetch from. */
  readonly allow: readonly string[]
  readonly journal: EffectJournal
  /** Default `fetchDocument`. */
  readonly fetch?: (url: string) => Promise<FetchOutcome>
  readonly log: (message: string) => void
}

interface Sent {
  readonly action_id: string
  readonly intent_id: string
  readonly valid_until_height: number
}

/** A receipt with who vouches for it. */
interface Vouched {
  readonly receipt: EffectReceipt
  readonly signature: ReceiptSignature
  readonly anchor: BlockHeader
}

/**
 * Carries out the effects of kind `http.fetch` that modules asked for (DESIGN §5), where the state names this validator's key as an executor
 * or as a participant of one: fetches in its turn, vouches for what came, and submits the receipt until the world has one.
 */
export class EffectRunner {
  private readonly init: EffectRunnerInit
  private readonly signer: Signer
  private readonly fetches: Fetches
  private waiting: ReadonlyMap<string, EffectRecord> = new Map()
  /** Whether something was queued or answered since `waiting` was read. */
  private changed = true
  private height = 0
  private sent: Sent[] = []
  private readonly unlisted = new Set<string>()
  private working: Promise<void> | null = null
  private again = false
  private stopped = false

  /** Throws `EFFECTS_CONFIG`. */
  constructor(init: EffectRunnerInit) {
    const allow = createAllowList(init.allow)
    this.init = init
    this.signer = createSigner(init.validator.seed)
    this.fetches = new Fetches({ journal: init.journal, allow, fetch: init.fetch ?? ((url) => fetchDocument(url, { allow })) })
  }

  /** Answers other participants of a group, and begins. */
  async start(): Promise<void> {
    await this.init.network?.rpc.serve(receiptShare, async (request) => ({ share: this.stopped ? null : await this.vouch(request) }))
    this.wake()
  }

  /** After every block of the chain. */
  onBlock({ head, events }: BlockSummary): void {
    if (head.height !== this.height + 1 || events.some(({ kind }) => kind.startsWith('effect.') || kind === 'governance.rolled_back')) this.changed = true
    this.height = head.height
    this.wake()
  }

  /** Resolves when nothing of it runs any more. */
  async stop(): Promise<void> {
    this.stopped = true
    this.fetches.stop()
    await this.working
    this.init.journal.close()
  }

  private wake(): void {
    this.again = true
    this.working ??= this.run().finally(() => {
      this.working = null
      if (this.again && !this.stopped) this.wake()
    })
  }

  private async run(): Promise<void> {
    while (this.again && !this.stopped) {
      this.again = false
      try {
        await this.work()
      } catch (error) {
        this.init.log(`effects wait: ${errorInfo(error).message}`)
      }
    }
  }

  private async work(): Promise<void> {
    if (this.changed) await this.readWaiting()
    this.settleSent()
    if (this.waiting.size === 0) return
    const executors = await this.executors()
    const own = this.ownId(executors)
    const head = this.init.host.certifiedHead()
    if (own === null || head === null) return
    for (const effect of this.waiting.values()) {
      const turn = turnAt(executors, effect, head.header.height)
      if (turn !== null && turn.node === own) this.attend(effect)
    }
    if (this.sent.length === 0) await this.sendAll(executors, own, head.header.height)
  }

  private async readWaiting(): Promise<void> {
    this.changed = false
    const { host, journal } = this.init
    const waiting = new Map<string, EffectRecord>()
    for (const key of await host.keys(effectKey('intent/'), MAX_EFFECTS)) {
      const effect = (await host.record(key)) as unknown as EffectRecord | null
      if (effect?.state === 'queued' && effect.kind === HTTP_FETCH) waiting.set(effect.intent_id, effect)
    }
    this.waiting = waiting
    for (const id of journal.intents()) if (!waiting.has(id)) journal.forget(id)
    for (const id of this.unlisted) if (!waiting.has(id)) this.unlisted.delete(id)
  }

  private settleSent(): void {
    const height = this.init.host.certifiedHead()?.header.height ?? 0
    this.sent = this.sent.filter(({ action_id, intent_id, valid_until_height }) => {
      const outcome = this.init.host.receipt(action_id)
      const code = outcome?.receipt.code ?? null
      if (code !== null && !OVER.has(code)) this.init.log(`the receipt for ${intent_id} was refused: ${code}`)
      return outcome === null && height <= valid_until_height
    })
  }

  /** Requests go on beside the blocks; whoever is asked for more than it can do now is asked again with the next. */
  private attend({ intent_id, params }: EffectRecord): void {
    const { url } = params as unknown as HttpFetchParams
    if (this.init.journal.receiptOf(intent_id) !== null) return
    if (!this.fetches.allows(url)) {
      // The kernel's pattern lets through texts that are no URL, such as one with port 99999.
      if (!this.unlisted.has(intent_id)) this.init.log(`${intent_id} is left to others: ${URL.parse(url)?.origin ?? 'what it names'} is not among the origins this node may fetch from`)
      this.unlisted.add(intent_id)
      return
    }
    void this.fetches.receiptOf(intent_id, url).then(
      (receipt) => receipt === null || this.wake(),
      (error: unknown) => this.init.log(`${intent_id} was not fetched: ${errorInfo(error).message}`),
    )
  }

  /** Submits what is on record and whose turn it is. */
  private async sendAll(executors: readonly ListedExecutor[], own: string, height: number): Promise<void> {
    const { host, validator, journal } = this.init
    // The state knows the hash of a block from the next one on.
    const anchor = (await host.lightBlockAt(height - 1))?.header ?? null
    if (anchor === null) return
    const ready: Vouched[] = []
    for (const effect of this.waiting.values()) {
      const receipt = journal.receiptOf(effect.intent_id)
      const turn = turnAt(executors, effect, height)
      if (receipt === null || turn === null || turn.node !== own || effect.height > anchor.height || ready.length >= MAX_SENT) continue
      const signature = await this.sign(turn, executors, receipt, anchor)
      if (signature !== null) ready.push({ receipt, signature, anchor })
    }
    if (ready.length === 0) return
    const record = (await host.record(validatorKey(validator.validator_id))) as { readonly nonce: number } | null
    if (record === null) return // no longer a validator: others submit
    let { nonce } = record
    for (const vouched of ready) if (await this.send(vouched, nonce + 1)) nonce++
  }

  private async sign({ executor: { executor_id, executor } }: Turn, executors: readonly ListedExecutor[], receipt: EffectReceipt, header: BlockHeader): Promise<ReceiptSignature | null> {
    const { host: { worldId }, network } = this.init
    const anchor = { consensus_height: header.height, receipts_root: header.receipts_root }
    if (executor.kind === 'node') return signReceipt({ node_id: executor_id, signer: this.signer }, worldId, receipt, anchor)
    if (network === null) return null
    const keyOf = (id: string): Uint8Array | null => nodeKey(executors.find((listed) => listed.executor_id === id)?.executor)
    return gatherShares(network, worldId, this.receiptSigner(executors), receipt, claimsOf(executor_id, executor, anchor), keyOf)
  }

  private async send({ receipt, signature, anchor }: Vouched, nonce: number): Promise<boolean> {
    const { host, validator, log } = this.init
    const { intent_id } = receipt
    const valid_until_height = anchor.height + VALID_BLOCKS
    const action = await signAction({
      world_id: host.worldId, actor: validatorKey(validator.validator_id), nonce, valid_until_height,
      action: { kind: 'submit_effect_receipt', receipt, signature, anchor } as unknown as { readonly kind: string } & Record<string, Value>,
    }, this.signer)
    try {
      this.sent.push({ ...(await host.submit(action.payload_cbor)), intent_id, valid_until_height })
      return true
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      if (!OVER.has(error.code)) log(`the receipt for ${intent_id} was refused: ${error.code} ${error.message}`)
      return false
    }
  }

  private async vouch(request: Parameters<typeof vouchFor>[1]): ReturnType<typeof vouchFor> {
    const executors = await this.executors()
    const own = this.ownId(executors)
    if (own === null) return null
    return vouchFor({
      world_id: this.init.host.worldId,
      signer: this.receiptSigner(executors),
      groupFor: async (groupId, intentId) => {
        const group = executors.find(({ executor_id }) => executor_id === groupId)?.executor
        const effect = await this.waitingEffect(intentId)
        return effect !== null && group?.kind === 'group' && group.participants.includes(own) && mayExecute(group, effect.kind) ? { group, height: effect.height } : null
      },
      receiptsRoot: async (height) => (await this.init.host.lightBlockAt(height))?.header.receipts_root ?? null,
      ownReceipt: async (intentId) => {
        const effect = await this.waitingEffect(intentId)
        return effect === null ? null : this.fetches.receiptOf(intentId, (effect.params as unknown as HttpFetchParams).url)
      },
    }, request)
  }

  private async waitingEffect(intentId: string): Promise<EffectRecord | null> {
    const effect = (await this.init.host.record(effectKey(intentId))) as unknown as EffectRecord | null
    return effect?.state === 'queued' && effect.kind === HTTP_FETCH ? effect : null
  }

  /** Ascending by id. */
  private async executors(): Promise<readonly ListedExecutor[]> {
    const { host } = this.init
    const keys = await host.keys(executorKey(''), MAX_EXECUTORS)
    const listed = await Promise.all(keys.map(async (key) => ({ executor_id: key.slice(executorKey('').length), executor: (await host.record(key)) as unknown as Executor | null })))
    return listed.filter((each): each is ListedExecutor => each.executor !== null)
  }

  /** The executor that has this validator's key. */
  private ownId(executors: readonly ListedExecutor[]): string | null {
    return executors.find(({ executor }) => executor.kind === 'node' && equalBytes(executor.public_key, this.signer.publicKey))?.executor_id ?? null
  }

  private receiptSigner(executors: readonly ListedExecutor[]): ReceiptSigner {
    return { node_id: this.ownId(executors)!, signer: this.signer }
  }
}

function nodeKey(executor: Executor | undefined): Uint8Array | null {
  return executor?.kind === 'node' ? executor.public_key : null
}
