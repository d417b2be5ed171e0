import { expect, it } from 'vitest'
import { concatBytes, sha256, toHex, utf8Bytes } from '../codec/index.ts'
import { builtinModules } from './index.ts'
import type { ModuleCallResult } from '../wasm/index.ts'
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

async function runAll(describeCall: (result: ModuleCallResult) => Uint8Array): Promise<string> {
  let chain: Uint8Array = new Uint8Array(32)
  let calls = 0
  for (const module of await builtinModules()) {
    for (const judged of CASES) {
      if (!module.manifest.subscriptions.action_kinds.includes(judged.action.kind)) continue
      chain = sha256(concatBytes(chain, describeCall(run(module, inputFor(module, judged)))))
      calls++
    }
  }
  expect(calls).toBe(20)
  return toHex(chain)
}

// A figure that differs on one engine means that engine runs another world. One that differs on all follows from a change of
// the modules (outputs), or of the cost table (fuel; METER_VERSION then changes too), and belongs in the same commit.
it('gives the same outputs on every engine', async () => {
  const digest = await runAll(({ output, failure }) => output ?? utf8Bytes(failure?.code ?? ''))
  expect(digest).toBe('52c7cb939a29b223c703b03d0293d942b8a3323050b10500e7e7f49236ebc3bf')
})

it('uses the same fuel on every engine', async () => {
  const digest = await runAll(({ fuelUsed }) => utf8Bytes(`${fuelUsed} `))
  expect(digest).toBe('5662b9bd0e112a05d7056ac3aada87f90f771dd9ed69cc79c2a70aa5d83e5482')
})
