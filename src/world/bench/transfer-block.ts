import { BUILTIN_SIGNERS, builtinModules } from '../../artifacts/index.ts'
import { actionPayload, agentIdOf, decodeActionEnvelope, schema } from '../../codec/index.ts'
import type { ActionEnvelope, NodeConsensusAction } from '../../codec/index.ts'
import { createSigner, publicKeyOf } from '../../crypto/index.ts'
import { executeSigned } from '../execute-signed.ts'
import { createGenesis } from '../create-genesis.ts'
import { createKernel } from '../kernel.ts'
import { signAction } from '../sign-action.ts'
import type { BlockResult, Kernel } from '../types.ts'
import { median, timed, timedAsync } from './measure.ts'

export interface TransferBlockFigures {
  readonly transfers: number
  /** Medians over the rounds, milliseconds. */
  readonly raw_verify_ms: number
  /** From encoded actions and their verdicts to receipts, events and state root. */
  readonly execute_ms: number
  /** The same with the signatures verified as well (`executeSigned`). */
  readonly total_ms: number
  /** Median of total over raw verification within the same round. */
  readonly total_over_raw: number
  readonly execute_over_raw: number
  readonly fuel: number
}

interface Transfers {
  readonly kernel: Kernel
  readonly actions: readonly NodeConsensusAction[]
}

const SEED_BYTES = 32
const seedOf = (index: number): Uint8Array => {
  const seed = new Uint8Array(SEED_BYTES).fill(1)
  new DataView(seed.buffer).setUint32(0, index)
  return seed
}

/** A world of as many agents as transfers, and a block in which each gives one unit of electricity to the next at its asteroid. */
export async function prepareTransfers(count: number): Promise<Transfers> {
  const seeds = Array.from({ length: count }, (_, index) => seedOf(index))
  const keys = seeds.map(publicKeyOf)
  const genesis = createGenesis({
    name: 'demo-bench', demo: true, time: 0, scenario: 'belt-small', seed: seedOf(1 << 20),
    validators: [{ validator_id: 'one', public_key: publicKeyOf(seedOf((1 << 20) + 1)), stake: 1 }],
    agents: keys.map((public_key, index) => ({ public_key, name: `agent ${index}` })),
    modules: await builtinModules(), trustedSigners: BUILTIN_SIGNERS, agentKeysFromSeeds: true,
  })
  const kernel = createKernel(genesis)
  const ids = keys.map(agentIdOf)
  const placed = new Map<string, string[]>()
  for (const id of ids) {
    const at = String((kernel.query(id).value as { location: string }).location)
    placed.set(at, [...(placed.get(at) ?? []), id])
  }
  const neighbour = new Map([...placed.values()].flatMap((group) => group.map((id, index) => [id, group[(index + 1) % group.length]!] as const)))
  const actions = await Promise.all(ids.map((actor, index) => signAction({
    world_id: kernel.worldId, actor, nonce: 1, valid_until_height: 100,
    action: { kind: 'transfer_resource', to: neighbour.get(actor)!, resource: 'electricity', amount: 1 },
  }, createSigner(seeds[index]!))))
  return { kernel, actions }
}

/**
 * Times a block of signed transfers against as many raw WebCrypto verifications of the same signatures, issued at once with imported keys.
 * Both in every round, one after the other, so that a busy machine slows both.
 */
export async function benchTransferBlock(count = 1_000, rounds = 9): Promise<TransferBlockFigures> {
  const { kernel, actions } = await prepareTransfers(count)
  const context = { height: 1, parent_hash: new Uint8Array(32), proposer: 'one' }
  const rawKeys = await Promise.all(actions.map(({ payload_cbor }) => rawKey(keyOf(kernel, decodeActionEnvelope(payload_cbor)))))
  const samples: { raw: number; execute: number; total: number }[] = []
  let fuel = 0
  for (let round = -2; round < rounds; round++) { // two rounds to warm the engine up
    const envelopes = actions.map(({ payload_cbor }) => decodeActionEnvelope(payload_cbor))
    const messages = envelopes.map((envelope) => actionPayload(envelope))
    const raw = await timedAsync(() => Promise.all(envelopes.map(({ signature }, index) =>
      crypto.subtle.verify('Ed25519', rawKeys[index]!, signature as Uint8Array<ArrayBuffer>, messages[index]! as Uint8Array<ArrayBuffer>))))
    const fresh = (): NodeConsensusAction[] => actions.map((action) => ({ ...action })) // as decoded from a block: nothing is known of them
    const [ahead, whole] = [fresh(), fresh()]
    const verdicts = new Map(ahead.map(({ action_id }) => [action_id, true]))
    const execute = timed(() => assertApplied(kernel.executeBlock(context, ahead, verdicts)))
    const total = await timedAsync(async () => {
      const result = await executeSigned(kernel, context, whole)
      assertApplied(result)
      fuel = result.fuel_used
    })
    kernel.rollback()
    if (round >= 0) samples.push({ raw, execute, total })
  }
  return {
    transfers: count,
    raw_verify_ms: median(samples.map(({ raw }) => raw)),
    execute_ms: median(samples.map(({ execute }) => execute)),
    total_ms: median(samples.map(({ total }) => total)),
    total_over_raw: median(samples.map(({ total, raw }) => total / raw)),
    execute_over_raw: median(samples.map(({ execute, raw }) => execute / raw)),
    fuel,
  }
}

function assertApplied({ receipts }: BlockResult): void {
  const rejected = receipts.find(({ code }) => code !== null)
  if (rejected !== undefined) throw new Error(`the block must apply as a whole, but: ${rejected.code}`)
}

function keyOf(kernel: Kernel, { actor, action }: ActionEnvelope): Uint8Array {
  return schema.fixedBytes(32).parse(kernel.actorKey(actor, action), 'key')
}

function rawKey(publicKey: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', publicKey as Uint8Array<ArrayBuffer>, 'Ed25519', false, ['verify'])
}
