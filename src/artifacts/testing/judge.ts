import { encodeCanonical } from '../../codec/index.ts'
import type { Value } from '../../codec/index.ts'
import { createExecutor, decodeModuleOutput, encodeModuleInput } from '../../wasm/index.ts'
import type { ModuleCallResult } from '../../wasm/index.ts'
import type { BuiltinModule } from '../index.ts'

export const ACTION_ID = 'ab'.repeat(32)
export const ACTOR = `agent/${'0a'.repeat(16)}`
export const OTHER = `agent/${'0b'.repeat(16)}`

const executor = createExecutor({})

/** An action as the kernel presents it to rule modules. */
export interface Judged {
  readonly action: { readonly kind: string; readonly [field: string]: Value }
  readonly facts: { readonly [field: string]: Value }
}

/** Canonical input of a call about `judged`. */
export function inputFor({ manifest }: BuiltinModule, { action, facts }: Judged): Uint8Array {
  return encodeModuleInput({
    ctx: {
      v: 'wasm-1',
      module_id: manifest.module_id,
      module_version: manifest.version,
      trace_id: `action-${ACTION_ID}-${manifest.module_id}`,
      time: 7,
      stage: 'pre_action',
      origin: { kind: 'action', id: ACTION_ID },
      limits: manifest.limits,
    },
    action: encodeCanonical({ action_id: ACTION_ID, actor: ACTOR, action, facts }),
  })
}

/** Runs raw input through the metered executor under the module's own limits. */
export function run({ manifest, wasm }: BuiltinModule, input: Uint8Array): ModuleCallResult {
  return executor.call({ wasm, wasmHash: manifest.wasm_hash, entrypoint: 'call', input, limits: manifest.limits })
}

/** What the module emitted about `judged`, by kind. Throws when the call failed or an emit occurs twice. */
export function judge(module: BuiltinModule, judged: Judged): Readonly<Record<string, Value>> {
  const result = run(module, inputFor(module, judged))
  if (!result.ok) throw new Error(`${module.manifest.module_id} failed: ${result.failure.code}`)
  const { emits } = decodeModuleOutput(result.output)
  if (new Set(emits.map(({ kind }) => kind)).size !== emits.length) throw new Error('an emit occurs twice')
  return Object.fromEntries(emits.map(({ kind, payload }) => [kind, payload]))
}

export function decision(verdict: 'allow' | 'deny' | 'modify', more: { cost?: Value; notes?: Value; override_action?: Value } = {}): Value {
  return { verdict, cost: {}, notes: [], override_action: null, ...more }
}
