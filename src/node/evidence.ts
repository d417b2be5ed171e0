import { AppError, errorInfo } from '../codec/index.ts'
import type { DuplicateVoteEvidence, ValidatorSet, Value } from '../codec/index.ts'
import type { Signer } from '../crypto/index.ts'
import { signAction, validatorKey } from '../world/index.ts'

/** A report may wait so many blocks for its place; long enough for some tries within the age evidence may have. */
const REPORT_VALID_BLOCKS = 20
/** Each validator waits its turn: usually the first report is in a block before the second would be sent. */
const BLOCKS_PER_TURN = 2
/** Offences remembered; more at once would mean that most of the stake is against us. */
const MAX_PENDING = 64

/** Refusals that no later try would change. */
const FINAL: ReadonlySet<string> = new Set(['ALREADY_SLASHED', 'EVIDENCE_EXPIRED', 'BAD_EVIDENCE', 'VALIDATOR_NOT_FOUND', 'BAD_ACTION', 'WRONG_WORLD'])

export interface EvidenceReporterInit {
  readonly world_id: string
  readonly validator_id: string
  readonly signer: Signer
  readonly validators: () => ValidatorSet
  /** A record of the committed state. */
  readonly record: (key: string) => Promise<Value>
  readonly submit: (envelope: Uint8Array) => Promise<{ readonly action_id: string }>
  readonly waiting: (actionId: string) => boolean
  readonly log: (message: string) => void
}

interface Offence {
  readonly evidence: DuplicateVoteEvidence
  /** First height at which it is our turn to report. */
  readonly from: number
}

/** Makes a double vote seen by this validator an action that slashes (DESIGN §9). One report an offence, from one validator where possible. */
export class EvidenceReporter {
  private readonly init: EvidenceReporterInit
  private readonly offences = new Map<string, Offence>()
  private sent: string | null = null
  private working = false

  constructor(init: EvidenceReporterInit) {
    this.init = init
  }

  /** Remembers an offence; `height` is that of the head. */
  report(evidence: DuplicateVoteEvidence, height: number): void {
    const { validator_id, height: at } = evidence.first
    const key = `${validator_id}@${at}`
    if (validator_id === this.init.validator_id || this.offences.has(key) || this.offences.size >= MAX_PENDING) return
    const others = this.init.validators().filter((validator) => validator.validator_id !== validator_id)
    const turn = Math.max(0, others.findIndex((validator) => validator.validator_id === this.init.validator_id))
    this.offences.set(key, { evidence, from: height + turn * BLOCKS_PER_TURN })
    void this.work(height)
  }

  /** After every block: sends what is due, forgets what is done. */
  committed(height: number): void {
    if (this.offences.size > 0) void this.work(height)
  }

  private async work(height: number): Promise<void> {
    if (this.working) return
    this.working = true
    try {
      for (const [key, offence] of this.offences) {
        if (await this.isSlashed(offence.evidence)) this.offences.delete(key)
        // One at a time: the nonce of the next is known when this one is in a block.
        else if (height >= offence.from && (this.sent === null || !this.init.waiting(this.sent))) await this.send(key, offence.evidence, height)
      }
    } catch (error) {
      this.init.log(`a double vote is not reported yet: ${errorInfo(error).message}`)
    } finally {
      this.working = false
    }
  }

  private async send(key: string, evidence: DuplicateVoteEvidence, height: number): Promise<void> {
    const { world_id, validator_id, signer, submit, record, log } = this.init
    const actor = validatorKey(validator_id)
    const own = (await record(actor)) as { readonly nonce: number } | null
    if (own === null) return // no longer a validator: others report
    const action = await signAction({
      world_id, actor, nonce: own.nonce + 1, valid_until_height: height + REPORT_VALID_BLOCKS,
      action: { kind: 'report_duplicate_vote', evidence: evidence as unknown as Value },
    }, signer)
    try {
      this.sent = (await submit(action.payload_cbor)).action_id
      log(`reported the double vote of ${evidence.first.validator_id} at height ${evidence.first.height}`)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      if (FINAL.has(error.code)) this.offences.delete(key)
      log(`the report of a double vote was refused: ${error.code} ${error.message}`)
    }
  }

  private async isSlashed({ first }: DuplicateVoteEvidence): Promise<boolean> {
    const record = (await this.init.record(validatorKey(first.validator_id))) as { readonly slashed_heights: readonly number[] } | null
    return record !== null && record.slashed_heights.includes(first.height)
  }
}
