import { CodecError, equalBytes } from '../../codec/index.ts'
import { decodeModuleOutput } from '../../wasm/index.ts'
import type { ModuleCallErrorCode, ModuleCallResult, ModuleOutput } from '../../wasm/index.ts'
import { ExecutionInterrupted } from '../errors.ts'
import { entrypointOf } from '../module-manifest.ts'
import type { ModuleStage } from '../module-manifest.ts'
import type { ModuleExecutor } from '../types.ts'
import { CallInputEncoder, traceIdOf } from './call-input.ts'
import type { HostedModule } from './subscriptions.ts'

export interface CallOrigin {
  readonly kind: 'action' | 'event' | 'tick'
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
  readonly code: ModuleCallErrorCode
  readonly detail: string
}

export type CallReply =
  | { readonly ok: true; readonly output: ModuleOutput; readonly traceId: string; readonly failure?: undefined }
  | { readonly ok: false; readonly output?: undefined; readonly traceId: string; readonly failure: CallFailure }

/** Calls modules during one block and keeps its fuel. All limits of a module hold here, those of the wasm layer below. */
export class ModuleHost {
  private readonly executor: ModuleExecutor
  private readonly fuelLimit: number
  private readonly inputs: CallInputEncoder
  private readonly callsMade = new Map<string, number>()
  /** The last answer of each module: rules often give the same one again, and reading it costs as much as running them. */
  private readonly lastOutputs = new Map<string, { readonly bytes: Uint8Array; readonly output: ModuleOutput }>()
  private used = 0

  constructor(executor: ModuleExecutor, height: number, fuelLimit: number) {
    this.executor = executor
    this.fuelLimit = fuelLimit
    this.inputs = new CallInputEncoder(height)
  }

  get fuelUsed(): number {
    return this.used
  }

  /** Whether the block has this much left. Asked before a call, so that what a call may use is never cut by the block's limit. */
  canAfford(fuel: number): boolean {
    return this.used + fuel <= this.fuelLimit
  }

  /** For work of the kernel itself that costs as much as module code. */
  charge(fuel: number): void {
    this.used += fuel
  }

  /** Throws `ExecutionInterrupted` when the engine failed; everything else is a reply. */
  call(module: HostedModule, stage: ModuleStage, origin: CallOrigin, subject: CallSubject): CallReply {
    const { manifest, wasm } = module
    const traceId = traceIdOf(origin, manifest.module_id)
    const fail = (code: ModuleCallErrorCode, detail: string): CallReply => ({ ok: false, traceId, failure: { code, detail } })
    const calls = (this.callsMade.get(manifest.module_id) ?? 0) + 1
    this.callsMade.set(manifest.module_id, calls)
    if (calls > manifest.limits.max_call_rate) return fail('POLICY_DENIED', 'more than max_call_rate calls in one block')
    if (!this.canAfford(manifest.limits.max_gas)) return fail('OUT_OF_FUEL', 'the block has no fuel left for this call')

    const input = this.inputs.encode(manifest, stage, origin, traceId, subject)
    const result = this.run(module, wasm, input)
    this.used += result.fuelUsed
    if (!result.ok) {
      // Only a watchdog interrupts; that says nothing about the module (DESIGN §3.6).
      if (result.failure.code === 'INTERRUPTED') throw new ExecutionInterrupted(`${manifest.module_id} was interrupted`)
      return fail(result.failure.code, result.failure.detail)
    }
    return this.accept(module, traceId, result.output)
  }

  private run(module: HostedModule, wasm: Uint8Array, input: Uint8Array): ModuleCallResult {
    const { manifest } = module
    try {
      return this.executor.call({ wasm, wasmHash: manifest.wasm_hash, entrypoint: entrypointOf(manifest), input, limits: manifest.limits })
    } catch (error) {
      if (error instanceof ExecutionInterrupted) throw error
      throw new ExecutionInterrupted(error instanceof Error ? error.message : String(error), { cause: error })
    }
  }

  private accept({ manifest }: HostedModule, traceId: string, bytes: Uint8Array): CallReply {
    const fail = (code: ModuleCallErrorCode, detail: string): CallReply => ({ ok: false, traceId, failure: { code, detail } })
    const { limits, kind, module_id } = manifest
    const last = this.lastOutputs.get(module_id)
    let output: ModuleOutput
    if (last !== undefined && equalBytes(last.bytes, bytes)) {
      output = last.output
    } else {
      try {
        output = decodeModuleOutput(bytes)
      } catch (error) {
        if (!(error instanceof CodecError)) throw error
        return fail('INVALID_OUTPUT', `the output is no module output: ${error.code}`)
      }
      this.lastOutputs.set(module_id, { bytes, output })
    }
    if (output.effects.length > limits.max_effects) return fail('EFFECT_LIMIT_EXCEEDED', `more than ${limits.max_effects} effects`)
    if (output.effects.length > 0) return fail('CAPS_DENIED', 'the module holds no capability')
    if (output.emits.length > limits.max_emits) return fail('EMIT_LIMIT_EXCEEDED', `more than ${limits.max_emits} emits`)
    if (kind === 'pure' && output.new_state !== undefined) return fail('INVALID_OUTPUT', 'a pure module returned a state')
    return { ok: true, output, traceId }
  }
}

