import { builtinModule } from '../../artifacts/index.ts'
import { encodeCanonical } from '../../codec/index.ts'
import type { TypedModuleCall } from '../../wasm/index.ts'

/** What the kernel asks the rule of movement about an ordinary move: a small module, called as often as any. */
export async function ruleCall(): Promise<TypedModuleCall> {
  const { manifest, wasm } = await builtinModule('m1.rule.move')
  const { module_id, version, limits } = manifest
  const action_id = 'ab'.repeat(32)
  const at = { x: 9_000_000, y: 70_000, z: 3 }
  const judged = { action_id, actor: `agent/${'0a'.repeat(16)}`, action: { kind: 'move_agent', to: 'asteroid/0002' }, facts: { from: at, to: at, distance_cm: 12_345_678, electricity: 100_000 } }
  return {
    wasm, wasmHash: manifest.wasm_hash, entrypoint: 'call', limits,
    input: {
      ctx: { v: 'wasm-1', module_id, module_version: version, trace_id: `action-${action_id.slice(0, 16)}-${module_id}`, time: 7, stage: 'pre_action', origin: { kind: 'action', id: action_id }, limits },
      action: encodeCanonical(judged),
    },
  }
}
