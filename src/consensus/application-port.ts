import { errorInfo } from '../codec/index.ts'
import type { Block, CommitCertificate } from '../codec/index.ts'
import { checkBlockStructure } from './block-checks.ts'
import { verifyCertificate } from './certificate.ts'
import { ConsensusError } from './errors.ts'
import { proposerAt } from './proposer.ts'
import type { ConsensusComponents, ConsensusEvent } from './runner-types.ts'
import type { ExecutionVerdict, HeightContext } from './types.ts'

/** The application behind a queue of its own: calls never overlap, and a failing build or execution is an answer, not an exception. */
export class ApplicationPort {
  readonly #components: ConsensusComponents
  readonly #event: (event: ConsensusEvent) => void
  #last: Promise<unknown> = Promise.resolve()

  constructor(components: ConsensusComponents, event: (event: ConsensusEvent) => void) {
    this.#components = components
    this.#event = event
  }

  /** A block fit to propose, or null when there is none. */
  build(context: HeightContext, round: number): Promise<Block | null> {
    const { application, clock } = this.#components
    return this.#inTurn(async () => {
      try {
        const proposer = proposerAt(context.validators, context.height, round).validator_id
        const time = Math.max(clock.now(), context.parent.time + 1)
        const block = await application.build({ context, round, proposer, time })
        if (block === null) return null
        const fault = block.header.round === round ? checkBlockStructure(block, context) : 'HEIGHT_MISMATCH'
        if (fault === null) return block
        this.#event({ type: 'refused', kind: 'block', reason: fault, validator_id: proposer })
      } catch (error) {
        this.#event({ type: 'application_error', operation: 'build', error: errorInfo(error) })
      }
      return null
    })
  }

  /** Verifies the parent's certificate inside the block, then executes it. */
  execute(block: Block, context: HeightContext): Promise<ExecutionVerdict> {
    const { application, verifySignature } = this.#components
    return this.#inTurn(async () => {
      try {
        if (block.last_commit !== null && context.last_validators !== null) {
          await verifyCertificate(block.last_commit, context.world_id, context.last_validators, verifySignature)
        }
        return await application.execute(block, context)
      } catch (error) {
        if (error instanceof ConsensusError && error.code === 'CERTIFICATE_INVALID') return 'invalid'
        this.#event({ type: 'application_error', operation: 'execute', error: errorInfo(error) })
        return 'interrupted'
      }
    })
  }

  commit(block: Block, certificate: CommitCertificate): Promise<HeightContext> {
    return this.#inTurn(() => this.#components.application.commit(block, certificate))
  }

  /** Resolves when nothing is being built, executed or committed. */
  async idle(): Promise<void> {
    await this.#last.catch(() => undefined)
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work)
    this.#last = turn
    return turn
  }
}
