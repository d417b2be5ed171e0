import { CodecError } from '../codec/index.ts'
import { decodeModuleOutput, encodeModuleInput } from './abi.ts'
import type { AbiVersion, ModuleCallInput, ModuleOutput } from './abi-types.ts'
import type { CallLimits, Executor, ModuleCallFailure } from './executor-types.ts'

export interface TypedModuleCall {
  /** Original module bytes, and their hash if already checked (see ModuleCall). */
  readonly wasm: Uint8Array
  readonly wasmHash?: string
  readonly entrypoint: string
  readonly input: ModuleCallInput
  readonly limits: CallLimits
  /** Default 2. */
  readonly abi?: AbiVersion
}

interface Measured {
  /** Encoded sizes, for the fee of the call. `outputBytes` is 0 when the module returned nothing readable. */
  readonly inputBytes: number
  readonly outputBytes: number
  readonly fuelUsed: number
}

export type TypedModuleResult =
  | ({ readonly ok: true; readonly output: ModuleOutput; readonly failure?: undefined } & Measured)
  | ({ readonly ok: false; readonly output?: undefined; readonly failure: ModuleCallFailure } & Measured)

/** One call with typed input and output. Output that does not decode is INVALID_OUTPUT; its fuel is used all the same. */
export function callModule(executor: Executor, call: TypedModuleCall): TypedModuleResult {
  const { abi = 2, input, ...rest } = call
  const encoded = encodeModuleInput(input, abi)
  const result = executor.call({ ...rest, input: encoded })
  const measured = { inputBytes: encoded.length, outputBytes: result.output?.length ?? 0, fuelUsed: result.fuelUsed }
  if (!result.ok) return { ok: false, failure: result.failure, ...measured }
  try {
    return { ok: true, output: decodeModuleOutput(result.output, abi), ...measured }
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
    return { ok: false, failure: { code: 'INVALID_OUTPUT', detail: `the output is not a module output: ${error.code}` }, ...measured }
  }
}
