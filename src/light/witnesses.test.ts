import { beforeAll, describe, expect, it } from 'vitest'
import { createLightClient } from './client.ts'
import type { LightClient } from './client-types.ts'
import { DEFAULT_TRUST_LEVEL } from './constants.ts'
import { LightConflictError } from './errors.ts'
import { trustedStateOf } from './light-block.ts'
import { committee, makeChain, sourceOf, WORLD } from './testing/chain.ts'
import type { Committee } from './testing/chain.ts'
import { refusal } from './testing/refusal.ts'
import type { LightBlock, LightSource } from './types.ts'
import { verifySkipping } from './verify-skipping.ts'

const members = committee({ a: 10, b: 10, c: 10, d: 10 })
const LENGTH = 40
const FORK_AT = 25
const now = 1_000_000 + LENGTH * 1000

let chain: LightBlock[]
let fork: LightBlock[]
let forged: LightBlock[]

beforeAll(async () => {
  chain = await makeChain({ length: LENGTH, committeeAt: () => members })
  fork = await makeChain({ length: LENGTH, committeeAt: () => members, forkOf: { chain, at: FORK_AT }, change: (header) => ({ ...header, writer_epoch: 2 }) })
  const strangers = committee({ w: 10, x: 10, y: 10, z: 10 })
  forged = await makeChain({ length: LENGTH, committeeAt: (height) => (height <= FORK_AT ? members : strangers), forkOf: { chain, at: FORK_AT } })
})

function client(source: LightSource, witnesses: readonly LightSource[]): LightClient {
  return createLightClient({ checkpoint: { world_id: WORLD, height: 0, time: 1_000_000, validators: members.set }, now, source, witnesses })
}

describe('witnesses', () => {
  it('that agree are counted in the provenance', async () => {
    const head = await client(sourceOf(chain), [sourceOf(chain), sourceOf(chain)]).sync()
    expect(head.provenance.steps.at(-1)).toEqual({ kind: 'cross-check', witnesses: 2 })
  })

  it('that are silent do not count, and one at least must speak', async () => {
    const silent: LightSource = { lightBlock: async () => null }
    const broken: LightSource = { lightBlock: () => Promise.reject(new Error('unreachable')) }
    const head = await client(sourceOf(chain), [silent, sourceOf(chain), broken]).sync()
    expect(head.provenance.steps.at(-1)).toEqual({ kind: 'cross-check', witnesses: 1 })
    const alone = client(sourceOf(chain), [silent, broken])
    expect(await refusal(() => alone.sync())).toBe('NOT_CROSS_CHECKED')
    expect(alone.head()).toBeNull()
  })

  it('that contradict without proof are found faulty and not asked again', async () => {
    const liar = sourceOf(forged)
    const light = client(sourceOf(chain), [liar, sourceOf(chain)])
    await light.sync(30)
    expect(light.faultyWitnesses()).toEqual([0])
    const questions = liar.asked.length
    await light.sync()
    expect(liar.asked).toHaveLength(questions)
    const onlyLiar = client(sourceOf(chain), [sourceOf(forged)])
    expect(await refusal(() => onlyLiar.sync())).toBe('NOT_CROSS_CHECKED')
  })
})

describe('a fork both of whose sides are finalized', () => {
  it('stops the client with evidence that proves itself to others', async () => {
    const light = client(sourceOf(chain), [sourceOf(chain), sourceOf(fork)])
    const error = await light.sync().then(() => null, (caught: unknown) => caught)
    expect(error).toBeInstanceOf(LightConflictError)
    const { evidence } = error as LightConflictError
    expect(evidence).toMatchObject({ common_height: 0, witness_index: 1, double_signers: ['a', 'b', 'c', 'd'] })
    expect(evidence.primary.header.height).toBe(evidence.witness.header.height)
    const common = trustedStateOf(chain[0]!)
    const options = { trustingPeriodMs: 1e9, clockDriftMs: 0, trustLevel: DEFAULT_TRUST_LEVEL, now }
    await verifySkipping(common, evidence.primary, sourceOf(chain), options)
    await verifySkipping(common, evidence.witness, sourceOf(fork), options)
    expect(light.head()).toBeNull()
    expect(await refusal(() => light.sync(3))).toBe('LIGHT_CONFLICT')
    expect(await refusal(() => light.verify(chain[0]!))).toBe('LIGHT_CONFLICT')
  })

  it('is traced back to the last block both sides share', async () => {
    const light = client(sourceOf(chain), [sourceOf(fork)])
    await light.sync(FORK_AT - 5)
    const error = (await light.sync().then(() => null, (caught: unknown) => caught)) as LightConflictError
    expect(error.evidence.common_height).toBe(FORK_AT - 5)
    expect(light.head()?.provenance.height).toBe(FORK_AT - 5)
  })

  it('is traced through every block the client verified on the way', async () => {
    // Two of five validators change every five heights, so the way to the head leads over blocks in between.
    const turning = (height: number): Committee => committee(Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`t${100 + Math.floor(height / 5) * 2 + i}`, 10])))
    const one = await makeChain({ length: LENGTH, committeeAt: turning })
    const other = await makeChain({ length: LENGTH, committeeAt: turning, forkOf: { chain: one, at: FORK_AT }, change: (header) => ({ ...header, writer_epoch: 2 }) })
    const light = createLightClient({ checkpoint: { world_id: WORLD, height: 0, time: 1_000_000, validators: turning(1).set }, now, source: sourceOf(one), witnesses: [sourceOf(other)] })
    const { evidence } = (await light.sync().then(() => null, (caught: unknown) => caught)) as LightConflictError
    expect(evidence.common_height).toBeGreaterThan(FORK_AT / 2)
    expect(evidence.common_height).toBeLessThanOrEqual(FORK_AT)
    expect(evidence.primary.header.height).toBeGreaterThan(FORK_AT)
    expect(evidence.primary.header.height).toBeLessThan(LENGTH)
  })

  it('is found as well when the source itself shows another block than before', async () => {
    const light = client({ lightBlock: async (height) => fork[(height ?? LENGTH) - 1]! }, [])
    await light.verify(chain[LENGTH - 1]!)
    const error = await light.sync().then(() => null, (caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'LIGHT_CONFLICT', detail: { height: LENGTH, witness: -1 } })
  })
})
