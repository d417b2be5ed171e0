import { expect, it } from 'vitest'
import { concatBytes, sha256, toHex, utf8Bytes } from '../codec/index.ts'
import { builtinModules } from './index.ts'
import { OTHER, inputFor, run } from './testing/judge.ts'
import type { Judged } from './testing/judge.ts'

const at = { x: 9_000_000, y: 70_000, z: 3 }

/** Ordinary, denied and malformed calls; which module judges which action is the manifest's business. */
const CASES: readonly Judged[] = [
  ...[0, 1, 12_345_678].map((distance_cm) => ({ action: { kind: 'move_agent', to: 'asteroid/0002' }, facts: { from: at, to: at, distance_cm, electricity: 100 } })),
  ...[0, 5, 32].map((count) => ({
    action: { kind: 'query_observation' },
    facts: { position: at, candidates: Array.from({ length: count }, (_, i) => ({ agent_id: OTHER, position: at, distance_cm: i * 100_000 })) },
  })),
  ...[0, 20, 150].map((amount) => ({
    action: { kind: 'transfer_resource', to: OTHER, resource: 'electricity', amount },
    facts: { distance_cm: 0, same_location: true, resource: 'electricity', amount, actor_balance: 100, recipient_balance: 60 },
  })),
  ...[0, 42, 1000].map((radiation) => ({ action: { kind: 'harvest_radiation', blocks: 5 }, facts: { asteroid: 'asteroid/0002', radiation, blocks: 5, electricity: radiation } })),
  { action: { kind: 'move_agent' }, facts: {} },
  { action: { kind: 'query_observation' }, facts: { position: at, candidates: [{}] } },
]

it('gives the same outputs for the same fuel on every engine', async () => {
  let chain: Uint8Array = new Uint8Array(32)
  let calls = 0
  for (const module of await builtinModules()) {
    for (const judged of CASES) {
      if (!module.manifest.subscriptions.action_kinds.includes(judged.action.kind)) continue
      const { fuelUsed, output, failure } = run(module, inputFor(module, judged))
      calls++
      chain = sha256(concatBytes(chain, utf8Bytes(`${module.manifest.module_id} ${fuelUsed} ${failure?.code ?? 'ok'} `), output ?? new Uint8Array()))
    }
  }
  expect(calls).toBe(20)
  expect(toHex(chain)).toBe('d1b365860e24e8bfaedbfae3c8c2cbaeeda418d8e2461802c5693cb53987fd74')
})
