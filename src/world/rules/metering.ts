import type { EventLog } from '../event-log.ts'
import type { EventCause } from '../events.ts'
import type { Amounts } from '../ledger.ts'
import type { ModuleCallLimits } from '../module-manifest.ts'
import type { WorldParams } from '../params.ts'
import { compareStateKeys, TREASURY_KEY } from '../state/keys.ts'
import { readAgent } from '../state/read.ts'
import type { StateReader } from '../state/state.ts'
import type { HostedInstance } from './subscriptions.ts'

/** Input or output that costs one unit of data; every begun one counts. */
const BYTES_PER_DATA = 1024

/** What one call used. */
export interface ModuleUse {
  readonly inputBytes: number
  readonly outputBytes: number
  readonly effects: number
  readonly emits: number
  readonly newState: boolean
  readonly fuel: number
}

/** The fee of a call (DESIGN §6): data for what is passed in, out and asked for; electricity for running and for what is kept. */
export function feeOf({ inputBytes, outputBytes, effects, emits, newState, fuel }: ModuleUse, { metering }: WorldParams): Amounts {
  return {
    data: Math.ceil(inputBytes / BYTES_PER_DATA) + Math.ceil(outputBytes / BYTES_PER_DATA) + 2 * effects + emits,
    electricity: 1 + effects + emits + (newState ? 1 : 0) + Math.ceil(fuel / metering.fuel_per_electricity),
  }
}

/** The most a call with this input can cost: what must be there before it is made. */
export function reserveOf(limits: ModuleCallLimits, inputBytes: number, params: WorldParams): Amounts {
  const { max_output_bytes: outputBytes, max_effects: effects, max_emits: emits, max_gas: fuel } = limits
  return feeOf({ inputBytes, outputBytes, effects, emits, newState: true, fuel }, params)
}

/** Sums over the calls of one instance in one block. */
interface Sum {
  data: number
  electricity: number
  inputBytes: number
  outputBytes: number
  effects: number
  emits: number
  fuel: number
  calls: number
  failures: number
}

export type ModuleRuntimeCharged = {
  readonly module_id: string
  readonly instance_id: string
  readonly trace_id: string
  /** The agent who paid, or `treasury` for the world's own modules: it would pay itself, so nothing moves. */
  readonly payer: string
  readonly compute_fee_kind: 'data'
  readonly compute_fee_amount: number
  readonly electricity_fee_kind: 'electricity'
  readonly electricity_fee_amount: number
  readonly input_bytes: number
  readonly output_bytes: number
  readonly effect_count: number
  readonly emit_count: number
  readonly fuel: number
  readonly calls: number
  readonly failures: number
}

/**
 * The fees of one block. An agent's instance pays for each call at once; nothing happens between reserving and settling, so that looking
 * at the balance is reserving. The calls of the world's own instances are summed up in one event each.
 */
export class Metering {
  private readonly state: StateReader
  private readonly log: EventLog
  private readonly params: WorldParams
  private readonly sums = new Map<HostedInstance, Sum>()

  constructor(state: StateReader, log: EventLog, params: WorldParams) {
    this.state = state
    this.log = log
    this.params = params
  }

  /** Whether the payer can pay whatever this call may come to. */
  covers({ owner, manifest }: HostedInstance, inputBytes: number): boolean {
    if (owner === null) return true
    const { electricity, data } = readAgent(this.state, owner)!
    const most = reserveOf(manifest.limits, inputBytes, this.params)
    return electricity >= most.electricity && data >= most.data
  }

  /** For a call that was made, whatever came of it. Fees outlive the rejection of the action the call was about. */
  charge(cause: EventCause, instance: HostedInstance, traceId: string, use: ModuleUse, failed: boolean): void {
    const fee = feeOf(use, this.params)
    const { inputBytes, outputBytes, effects, emits, fuel } = use
    const failures = failed ? 1 : 0
    if (instance.owner === null) {
      const sum = this.sumOf(instance)
      sum.data += fee.data
      sum.electricity += fee.electricity
      sum.inputBytes += inputBytes
      sum.outputBytes += outputBytes
      sum.effects += effects
      sum.emits += emits
      sum.fuel += fuel
      sum.calls++
      sum.failures += failures
      return
    }
    const sum: Sum = { ...fee, inputBytes, outputBytes, effects, emits, fuel, calls: 1, failures }
    this.log.emitLasting(cause, 'module.runtime_charged', charged(instance, traceId, instance.owner, sum))
  }

  /** What the world's own instances used in this block. */
  close(): void {
    const instances = [...this.sums.keys()].sort((a, b) => compareStateKeys(a.id, b.id))
    for (const instance of instances) {
      this.log.emit('block', 'module.runtime_charged', charged(instance, `block-${this.log.height}-${instance.id}`, TREASURY_KEY, this.sums.get(instance)!))
    }
  }

  private sumOf(instance: HostedInstance): Sum {
    let sum = this.sums.get(instance)
    if (sum === undefined) {
      sum = { data: 0, electricity: 0, inputBytes: 0, outputBytes: 0, effects: 0, emits: 0, fuel: 0, calls: 0, failures: 0 }
      this.sums.set(instance, sum)
    }
    return sum
  }
}

function charged({ id, manifest }: HostedInstance, trace_id: string, payer: string, sum: Sum): ModuleRuntimeCharged {
  return {
    module_id: manifest.module_id, instance_id: id, trace_id, payer,
    compute_fee_kind: 'data', compute_fee_amount: sum.data, electricity_fee_kind: 'electricity', electricity_fee_amount: sum.electricity,
    input_bytes: sum.inputBytes, output_bytes: sum.outputBytes, effect_count: sum.effects, emit_count: sum.emits, fuel: sum.fuel,
    calls: sum.calls, failures: sum.failures,
  }
}
