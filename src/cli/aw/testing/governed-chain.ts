import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError, decodeActionEnvelope, sha256, toConsensusAction, toHex } from '../../../codec/index.ts'
import type { NodeConsensusAction } from '../../../codec/index.ts'
import type { EventPage, EventQuery, ReceiptAt, ShadowRerun } from '../../../node/index.ts'
import { importSeed, platformCrypto, sealKeystore } from '../../../vault/index.ts'
import { createKernel, hashOf, shadowReport } from '../../../world/index.ts'
import type { BlockResult, ShadowBlock, WorldEvent } from '../../../world/index.ts'
import { GovernedWorld } from '../../../world/governance/testing/governed-world.ts'
import { seedOf, signerOf } from '../../../world/testing/test-world.ts'
import type { Chain, RecordsAt } from '../chain.ts'
import type { Components } from '../components.ts'
import type { Terminal } from '../terminal.ts'

export const PASSPHRASE = 'correct horse battery staple'
const MAX_BLOCKS = 200

/** A chain without a network: a kernel whose next block comes when somebody waits for one. */
export class GovernedChain extends GovernedWorld implements Chain {
  readonly blocks: ShadowBlock[] = []
  readonly events: WorldEvent[] = []
  /** How many commands have closed it. */
  closed = 0
  /** A report that somebody forged, instead of the one its blocks give. */
  forged: ShadowRerun['report'] | null = null

  get worldId(): string {
    return this.kernel.worldId
  }

  height(): number {
    return this.kernel.height()
  }

  override block(actions: readonly NodeConsensusAction[] = []): BlockResult {
    const context = this.context()
    const result = super.block(actions)
    this.blocks.push({ context, actions })
    this.events.push(...result.events)
    return result
  }

  async derive<T>(compute: (state: RecordsAt) => T): Promise<T> {
    return compute({ height: this.height(), stateRoot: this.kernel.stateRoot(), get: (key) => this.kernel.query(key).value })
  }

  async submit(envelope: Uint8Array, validUntilHeight: number): Promise<ReceiptAt> {
    if (decodeActionEnvelope(envelope).valid_until_height !== validUntilHeight) throw new Error('the caller waits for another height than it signed')
    const { receipts, events } = this.block([toConsensusAction(envelope)])
    const receipt = receipts[0]!
    return { height: this.height(), receipt, events: events.slice(receipt.events.first, receipt.events.first + receipt.events.count) }
  }

  async until<T>(what: string, ask: () => Promise<T | null>): Promise<T> {
    for (let left = MAX_BLOCKS; left > 0; left--) {
      const found = await ask()
      if (found !== null) return found
      this.block()
    }
    throw new AppError('WAIT_OVER', what)
  }

  async moduleWasm(wasmHash: string): Promise<Uint8Array | null> {
    const wasm = this.read(`artifact_wasm/${wasmHash}`) as Uint8Array | null
    return wasm !== null && toHex(sha256(wasm)) === wasmHash ? wasm : null
  }

  async eventsOf({ mentions, from, to }: EventQuery): Promise<EventPage> {
    const text = (event: WorldEvent): string => JSON.stringify(event.payload)
    return { events: this.events.filter((event) => event.height >= from && event.height <= to && text(event).includes(mentions ?? '')), next: null, missing: 0 }
  }

  async rerunShadow(proposal_id: string): Promise<ShadowRerun> {
    const { report } = this.forged === null ? shadowReport(createKernel(this.genesis), proposal_id, this.blocks) : { report: this.forged }
    const to_height = report.checked_at
    return { proposal_id, report, report_bytes: new Uint8Array(0), report_hash: hashOf(report), from_height: 1, to_height, blocks: to_height, elapsed_ms: 1 }
  }

  async close(): Promise<void> {
    this.closed++
  }
}

/** A shell: a folder with keystores of the world's officials, a terminal that answers from a list, and what was printed. */
export class Shell {
  readonly folder = mkdtempSync(join(tmpdir(), 'aw-shell-'))
  readonly chain: GovernedChain
  printed: string[] = []
  noted: string[] = []
  typed: string[] = []
  readonly terminal: Terminal = { print: (text) => void this.printed.push(text), secret: async () => this.typed.shift() ?? '', line: async () => this.typed.shift() ?? '' }
  readonly components: { -readonly [K in keyof Components]: Components[K] }

  constructor(chain: GovernedChain) {
    this.chain = chain
    this.components = { terminal: this.terminal, note: (line) => void this.noted.push(line), openChain: async () => chain }
    writeFileSync(this.at('pass'), `${PASSPHRASE}\n`)
  }

  at(name: string): string {
    return join(this.folder, name)
  }

  last(): string {
    return this.printed.at(-1) ?? ''
  }

  /** Writes the keystore of a test key and gives the flags that sign with it. */
  async keyOf(name: string): Promise<readonly string[]> {
    const crypto = platformCrypto()
    const key = await importSeed(crypto.subtle, seedOf(name), signerOf(name).publicKey)
    const init = { label: name, world_id: null, passphrase: PASSPHRASE, params: { memory_kib: 1024, iterations: 1, parallelism: 1 } }
    writeFileSync(this.at(`${name}.awkey.json`), await sealKeystore(crypto, key, init))
    return ['--key', this.at(`${name}.awkey.json`), '--passphrase-file', this.at('pass'), '--yes']
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true })
  }
}
