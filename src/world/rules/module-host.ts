import { CodecError, equalBytes } from '../../codec/index.ts'
import { decodeModuleOutput, encodeModuleInput } from '../../wasm/index.ts'
import type { ModuleCallErrorCode, ModuleCallResult, ModuleOutput } from '../../wasm/index.ts'
import { ExecutionInterrupted } from '../errors.ts'
import type { EventCause } from '../events.ts'
import { entrypointOf } from '../module-manifest.ts'
import type { ModuleManifest, ModuleStage } from '../module-manifest.ts'
import type { ModuleExecutor } from '../types.ts'
import { BlockBudget } from './block-budget.ts'
import { callInput, CallInputEncoder, traceIdOf } from './call-input.ts'
import type { Metering } from './metering.ts'
import type { HostedInstance } from './subscriptions.ts'

/** `policy`: asked as a policy hook about an effect. */
export type CallStage = ModuleStage | 'policy'

export interface CallOrigin {
  readonly kind: 'action' | 'event' | 'tick' | 'effect'
  readonly id: string
}

/** What a module is called about: canonical CBOR each. */
export interface CallSubject {
  readonly action?: Uint8Array
  readonly event?: Uint8Array
  /** A reducer's own; absent before it has any. */
  readonly state?: Uint8Array
}

export interface CallFailure {
  readonly code: ModuleCallErrorCode | 'EFFECT_QUEUE_FULL'
  readonly detail: string
  /** Set when the module was not called at all, and so burned nothing. */
  readonly notCalled?: true
}

export type CallReply =
  | { readonly ok: true; readonly output: ModuleOutput; readonly outputBytes: number; readonly traceId: string; readonly failure?: undefined }
  | { readonly ok: false; readonly output?: undefined; readonly outputBytes?: undefined; readonly traceId: string; readonly failure: CallFailure }

/** What an instance did in this block. */
interface CallRecord {
  calls: number
  /** Its last answer: rules often give the same one again, and reading it costs as much as running them. */
  last: { readonly bytes: Uint8Array; readonly output: ModuleOutput } | null
}

/** Calls modules during one block, keeps its fuel and has the calls paid for. All limits of a module hold here, those of the wasm layer below. */
export class ModuleHost {
  private readonly executor: ModuleExecutor
  private readonly height: number
  private readonly budget: BlockBudget
  private readonly metering: Metering
  private readonly inputs: CallInputEncoder
  private readonly records = new Map<HostedInstance, CallRecord>()

  /** `reserve` of the fuel is for those who govern: no call leaves less. */
  constructor(executor: ModuleExecutor, height: number, fuelLimit: number, reserve: number, metering: Metering) {
    this.executor = executor
    this.height = height
    this.budget = new BlockBudget(fuelLimit, reserve)
    this.metering = metering
    this.inputs = new CallInputEncoder(height)
  }

  get fuelUsed(): number {
    return this.budget.fuelUsed
  }

  /** Whether the block has this much left, besides the reserve unless it is for `governing`. Asked before a call, so that what a call may use is never cut by the block's limit. */
  canAfford(fuel: number, governing = false): boolean {
    return this.budget.canAfford(fuel, governing)
  }

  /** For work of the kernel itself that costs as much as module code. */
  charge(fuel: number): void {
    this.budget.charge(fuel)
  }

  /** Charges it if the block has so much left. */
  take(fuel: number): boolean {
    if (!this.canAfford(fuel)) return false
    this.charge(fuel)
    return true
  }

  /** Notes that so many events about a module are recorded, with so many bytes of its own. */
  note({ owner }: HostedInstance, events: number, bytes: number): void {
    this.budget.say(owner !== null, events, bytes)
  }

  /** Throws `ExecutionInterrupted` when the engine failed; everything else is a reply. The call is made only if it leaves the block `keepFree` fuel. */
  call(cause: EventCause, instance: HostedInstance, stage: CallStage, origin: CallOrigin, subject: CallSubject, keepFree: number): CallReply {
    const { id, manifest } = instance
    const { limits, abi_version } = manifest
    const traceId = traceIdOf(origin, id)
    const refuse = (code: CallFailure['code'], detail: string): CallReply => ({ ok: false, traceId, failure: { code, detail, notCalled: true } })
    const { budget } = this
    const owned = instance.owner !== null
    const record = this.recordOf(instance)
    if (record.calls >= limits.max_call_rate) return refuse('POLICY_DENIED', 'more than max_call_rate calls in one block')
    const newState = manifest.kind === 'reducer' && record.calls === 0 ? limits.max_output_bytes : 0
    const refused = budget.refuses(owned, limits.max_gas, keepFree, newState)
    if (refused !== null) return refuse(refused.code, refused.detail)
    const input = abi_version === 2
      ? this.inputs.encode(manifest, stage, origin, traceId, subject)
      : encodeModuleInput(callInput(manifest, stage, this.height, origin, traceId, subject), abi_version)
    budget.passIn(owned, input.length)
    if (!this.metering.covers(instance, input.length)) return refuse('INSUFFICIENT_BALANCE', 'the owner cannot pay for this call')

    record.calls++
    const result = this.run(instance, input)
    budget.call(owned, result.fuelUsed, newState)
    const answer = result.ok ? accept(manifest, record, result.output) : { code: result.failure.code, detail: result.failure.detail }
    const failed = 'code' in answer
    const outputLength = result.output?.length ?? 0
    const stateLength = failed ? 0 : (answer.new_state?.length ?? 0)
    if (abi_version === 2) budget.passOut(owned, outputLength - stateLength, stateLength)
    else budget.passOut(owned, outputLength, 0)
    this.metering.charge(cause, instance, traceId, {
      inputBytes: input.length, outputBytes: outputLength, fuel: result.fuelUsed,
      effects: failed ? 0 : answer.effects.length, emits: failed ? 0 : answer.emits.length, newState: !failed && answer.new_state !== undefined,
    }, failed)
    return failed ? { ok: false, traceId, failure: answer } : { ok: true, output: answer, outputBytes: outputLength - stateLength, traceId }
  }

  private run({ manifest, wasm }: HostedInstance, input: Uint8Array): ModuleCallResult {
    let result: ModuleCallResult
    try {
      result = this.executor.call({ wasm, wasmHash: manifest.wasm_hash, entrypoint: entrypointOf(manifest), input, limits: manifest.limits })
    } catch (error) {
      if (error instanceof ExecutionInterrupted) throw error
      throw new ExecutionInterrupted(error instanceof Error ? error.message : String(error), { cause: error })
    }
    // Only a watchdog interrupts; that says nothing about the module (DESIGN §3.6).
    if (result.failure?.code === 'INTERRUPTED') throw new ExecutionInterrupted(`${manifest.module_id} was interrupted`)
    return result
  }

  private recordOf(instance: HostedInstance): CallRecord {
    let record = this.records.get(instance)
    if (record === undefined) this.records.set(instance, (record = { calls: 0, last: null }))
    return record
  }
}

/** What the module said, when it keeps to its limits. */
function accept({ limits, kind, abi_version }: ModuleManifest, record: CallRecord, bytes: Uint8Array): ModuleOutput | CallFailure {
  let output: ModuleOutput
  if (record.last !== null && equalBytes(record.last.bytes, bytes)) {
    output = record.last.output
  } else {
    try {
      output = decodeModuleOutput(bytes, abi_version)
    } catch (error) {
      if (!(error instanceof CodecError)) throw error
      return { code: 'INVALID_OUTPUT', detail: `the output is no module output: ${error.code}` }
    }
    record.last = { bytes, output }
  }
  if (output.effects.length > limits.max_effects) return { code: 'EFFECT_LIMIT_EXCEEDED', detail: `more than ${limits.max_effects} effects` }
  if (output.emits.length > limits.max_emits) return { code: 'EMIT_LIMIT_EXCEEDED', detail: `more than ${limits.max_emits} emits` }
  if (kind === 'pure' && output.new_state !== undefined) return { code: 'INVALID_OUTPUT', detail: 'a pure module returned a state' }
  return output
}
