import { expect, it } from 'vitest'
import { concatBytes, sha256, toHex, utf8Bytes } from '../codec/index.ts'
import { builtinModules } from './index.ts'
import type { ModuleCallResult } from '../wasm/index.ts'
import { OTHER, inputFor, run } from './testing/judge.ts'
import type { Judged } from './testing/judge.ts'

const at = { x: 9_000_000, y: 70_000, z: 3 }

/** Ordinary, denied and malformed calls; which module judges which action is the manifest's business. */
const CASES: readonly Judged[] = [
  ...[0, 1, 12_345_678].map((distance_cm) => ({ action: { kind: 'move_agent', to: 'asteroid/0002' }, facts: { from: at, to: at, distance_cm, electricity: 100, cargo_used: 120, mobility_slots: 1 } })),
  ...[0, 5, 32].map((count) => ({
    action: { kind: 'query_observation' },
    facts: { position: at, candidates: Array.from({ length: count }, (_, i) => ({ agent_id: OTHER, position: at, distance_cm: i * 100_000 })), sensor_slots: 1 },
  })),
  ...[0, 20, 150].map((amount) => ({
    action: { kind: 'transfer_resource', to: OTHER, resource: 'electricity', amount },
    facts: { distance_cm: 0, same_location: true, resource: 'electricity', amount, actor_balance: 100, recipient_balance: 60 },
  })),
  ...[0, 42, 1000].map((radiation) => ({ action: { kind: 'harvest_radiation', blocks: 5 }, facts: { asteroid: 'asteroid/0002', radiation, blocks: 5, electricity: radiation, power_slots: 3, harvest_bps: 9_000 } })),
  ...[0, 2, 50].map((surveyed_by_me) => ({ action: { kind: 'collect_data', blocks: 9 }, facts: { asteroid: 'asteroid/0002', blocks: 9, sensor_slots: 2, surveyed_by_me, collection_bps: 10_000 } })),
  ...[5, 90].map((mass_kg) => ({ action: { kind: 'body_action' }, facts: { wanted: { mass_kg, radius_cm: 50, thrust_limit: 900, cross_section_cm2: 5_000 } } })),
  ...[10, 150].map((amount) => ({ action: { kind: 'place_power_order', side: 'buy', amount, limit_price: 2 }, facts: { side: 'buy', amount, limit_price: 2, electricity: 100, data: 500 } })),
  ...[0, 3].map((cargo_slots) => ({ action: { kind: 'mine_compound', material: 'iron_ore', amount: 5 }, facts: { cargo_slots } })),
  { action: { kind: 'move_agent' }, facts: {} },
  { action: { kind: 'query_observation' }, facts: { position: at, candidates: [{}] } },
]

async function runAll(describeCall: (result: ModuleCallResult) => Uint8Array): Promise<string> {
  let chain: Uint8Array = new Uint8Array(32)
  let calls = 0
  for (const module of await builtinModules(['m1'])) {
    for (const judged of CASES) {
      if (!module.manifest.subscriptions.action_kinds.includes(judged.action.kind)) continue
      chain = sha256(concatBytes(chain, describeCall(run(module, inputFor(module, judged)))))
      calls++
    }
  }
  expect(calls).toBe(37)
  return toHex(chain)
}

// A figure that differs on one engine means that engine runs another world. One that differs on all follows from a change of
// the modules (outputs), or of the cost table (fuel; METER_VERSION then changes too), and belongs in the same commit.
it('gives the same outputs on every engine', async () => {
  const digest = await runAll(({ output, failure }) => output ?? utf8Bytes(failure?.code ?? ''))
  expect(digest).toBe('ae0860e5f11b72d9a88defa4813c9ef860d10242de655fd1222c93cf93b4cee2')
})

it('uses the same fuel on every engine', async () => {
  const digest = await runAll(({ fuelUsed }) => utf8Bytes(`${fuelUsed} `))
  expect(digest).toBe('b8200bf2da6302805b071e27586ba16be5a198a6f8e93d01af5b0701ce6476df')
})
