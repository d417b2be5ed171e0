import { beforeAll, describe, expect, it } from 'vitest'
import { blockHash, toHex } from '../codec/index.ts'
import { createLightClient } from './client.ts'
import type { LightClient, LightClientInit } from './client-types.ts'
import { MAX_PROVENANCE_LINKS, MAX_TRUSTED_BLOCKS } from './constants.ts'
import { decodeLightBlock, encodeLightBlock } from './light-block.ts'
import { committee, makeChain, makeLightBlock, sourceOf, WORLD } from './testing/chain.ts'
import type { Committee } from './testing/chain.ts'
import { ReferenceTree } from './testing/reference-tree.ts'
import { refusal } from './testing/refusal.ts'
import type { Checkpoint, LightBlock, LightSource } from './types.ts'
import { isVerified } from './verified.ts'
import { verifyExecution } from './verify-execution.ts'

const DAY = 86_400_000
const members = committee({ a: 10, b: 10, c: 10, d: 10 })
const LENGTH = 120
const now = 1_000_000 + LENGTH * 1000 + 500

let chain: LightBlock[]
const at = (height: number): LightBlock => chain[height - 1]!
const genesis: Checkpoint = { world_id: WORLD, height: 0, time: 1_000_000, validators: members.set }
const checkpointAt = (height: number): Checkpoint => ({ world_id: WORLD, height, block_hash: blockHash(at(height).header) })

function client(init: Partial<LightClientInit> & { source: LightSource }): LightClient {
  return createLightClient({ checkpoint: genesis, now: () => now, trustingPeriodMs: DAY, clockDriftMs: 1000, ...init })
}

beforeAll(async () => {
  chain = await makeChain({ length: LENGTH, committeeAt: () => members })
})

describe('a light client', () => {
  it('goes from genesis to the newest block in one step while the validators stay', async () => {
    const source = sourceOf(chain)
    const light = client({ source })
    expect(light.head()).toBeNull()
    const head = await light.sync()
    expect(head.value.header.height).toBe(LENGTH)
    expect(light.head()).toBe(head)
    expect(source.asked).toEqual([null])
    expect(head.provenance.steps).toEqual([
      { kind: 'checkpoint', height: 0 }, { kind: 'skipping', from: 0, to: LENGTH, headers: 1 }, { kind: 'certificate', signed_stake: 40, total_stake: 40 },
    ])
  })

  it('starts from a block hash, or from a light block of an earlier session without asking for it', async () => {
    for (const checkpoint of [checkpointAt(50), decodeLightBlock(encodeLightBlock(at(50)))]) {
      const source = sourceOf(chain)
      const light = client({ source, checkpoint })
      expect((await light.sync(60)).provenance.height).toBe(60)
      expect(light.block(50)?.provenance.height).toBe(50)
      expect(source.asked.includes(50)).toBe(!('header' in checkpoint))
    }
  })

  it('takes a plain number as the time', async () => {
    expect((await client({ source: sourceOf(chain), now }).sync()).provenance.height).toBe(LENGTH)
  })

  it('follows block after block, and tells it as one run', async () => {
    const light = client({ source: sourceOf([]) })
    for (let height = 1; height <= 20; height++) await light.verify(at(height))
    expect(light.head()?.provenance.steps[1]).toEqual({ kind: 'adjacent', from: 0, to: 20, headers: 20 })
  })

  it('serves calls made at once one after another', async () => {
    const light = client({ source: sourceOf(chain) })
    const heights = await Promise.all([light.sync(5), light.sync(), light.sync(60), light.verify(at(70))])
    expect(heights.map(({ provenance }) => provenance.height)).toEqual([5, LENGTH, 60, 70])
    expect(light.head()?.provenance.height).toBe(LENGTH)
  })

  it('answers with its head when the source lags behind, and asks nothing twice', async () => {
    const source = sourceOf(chain)
    const light = client({ source })
    const head = await light.sync(60)
    expect(await light.sync(60)).toBe(head)
    expect(source.asked).toEqual([60])
    const lagging = client({ source: { lightBlock: async (height) => at(height ?? 30) } })
    const first = await lagging.sync(60)
    expect(await lagging.sync()).toBe(first)
  })

  it('keeps a bounded number of blocks: the first and the newest', async () => {
    const length = MAX_TRUSTED_BLOCKS + 20
    const one = committee({ solo: 1 })
    const long = await makeChain({ length, committeeAt: () => one })
    const light = client({ source: sourceOf([]), checkpoint: { world_id: WORLD, height: 0, time: 1_000_000, validators: one.set }, now: 1_000_000 + length * 1000 })
    for (const block of long) await light.verify(block)
    expect(light.block(1)).not.toBeNull()
    expect(light.block(2)).toBeNull()
    expect(light.block(21)).toBeNull()
    expect(light.block(22)).not.toBeNull()
    expect(light.head()?.provenance.height).toBe(length)
  })
})

describe('bisection', () => {
  /** Every ten heights two of five validators are replaced: nobody of the first set is left after three changes. */
  const turning = (height: number): Committee => {
    const turn = Math.floor(height / 10)
    return committee(Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`t${String(turn * 2 + i).padStart(3, '0')}`, 10])))
  }
  let turned: LightBlock[]
  beforeAll(async () => {
    turned = await makeChain({ length: LENGTH, committeeAt: turning })
  })
  const turningGenesis: Checkpoint = { world_id: WORLD, height: 0, time: 1_000_000, validators: turning(1).set }

  it('reaches the head over a dozen changes of the set, fetching fewer blocks than there are', async () => {
    const source = sourceOf(turned)
    const light = client({ source, checkpoint: turningGenesis })
    const head = await light.sync()
    expect(head.provenance.height).toBe(LENGTH)
    expect(source.asked.length).toBeLessThan(LENGTH / 2)
    expect(new Set(source.asked).size).toBe(source.asked.length)
  })

  it('reaches the head even where everyone is replaced at once, through the announced set', async () => {
    const all = (height: number): Committee => (height <= 60 ? members : committee({ w: 1, x: 1, y: 1, z: 1 }))
    const source = sourceOf(await makeChain({ length: LENGTH, committeeAt: all }))
    const light = client({ source })
    const head = await light.sync()
    expect(head.provenance.height).toBe(LENGTH)
    expect(light.block(60)).not.toBeNull()
    expect(light.block(61)).not.toBeNull()
    expect(source.asked.length).toBeLessThan(12)
  })

  it('fails with what the source lacks, trusting nothing new', async () => {
    const light = client({ source: { lightBlock: async (height) => (height === null ? turned.at(-1)! : null) }, checkpoint: turningGenesis })
    expect(await refusal(() => light.sync())).toBe('NOT_FOUND')
    expect(light.head()).toBeNull()
  })

  it('refuses a chain whose validators were swapped without announcement', async () => {
    const strangers = committee({ w: 10, x: 10, y: 10, z: 10 })
    const forged = await makeChain({ length: LENGTH, committeeAt: (height) => (height <= 60 ? members : strangers), forkOf: { chain, at: 60 } })
    const light = client({ source: sourceOf(forged) })
    expect(await refusal(() => light.sync())).toBe('WRONG_VALIDATOR_SET')
    expect(light.head()).toBeNull()
  })

  it('keeps the provenance short however long the way', async () => {
    const light = client({ source: sourceOf(turned), checkpoint: turningGenesis })
    for (let height = 1; height <= LENGTH; height += height % 3 === 0 ? 1 : 2) await light.sync(height)
    const links = light.head()!.provenance.steps.filter(({ kind }) => kind === 'adjacent' || kind === 'skipping')
    expect(links.length).toBeLessThanOrEqual(MAX_PROVENANCE_LINKS)
    expect(links[0]).toMatchObject({ from: 0 })
  })
})

describe('earlier blocks', () => {
  it('are verified forwards from what is trusted before them', async () => {
    const light = client({ source: sourceOf(chain) })
    await light.sync()
    const earlier = await light.sync(40)
    expect(earlier.provenance.steps).toContainEqual({ kind: 'skipping', from: 0, to: 40, headers: 1 })
    expect(light.head()?.provenance.height).toBe(LENGTH)
  })

  it('are verified by hash links below the checkpoint', async () => {
    const light = client({ source: sourceOf(chain), checkpoint: checkpointAt(50) })
    const earlier = await light.sync(45)
    expect(earlier.provenance.steps).toContainEqual({ kind: 'backwards', from: 50, to: 45, headers: 1 })
  })

  it('are refused when the links or the certificate do not hold', async () => {
    const other = await makeChain({ length: 50, committeeAt: () => members, change: (header) => ({ ...header, writer_epoch: 2 }) })
    const mixed: LightSource = { lightBlock: async (height) => (height === 47 ? other[46]! : at(height ?? LENGTH)) }
    expect(await refusal(() => client({ source: mixed, checkpoint: checkpointAt(50) }).sync(45))).toBe('WRONG_PARENT_HASH')
    const bare: LightSource = { lightBlock: async (height) => (height === 45 ? { ...at(45), certificate: { ...at(45).certificate, signatures: at(44).certificate.signatures } } : at(height ?? LENGTH)) }
    expect(await refusal(() => client({ source: bare, checkpoint: checkpointAt(50) }).sync(45))).toBe('BAD_SIGNATURE')
  })
})

describe('an expired checkpoint', () => {
  const late = 1_000_000 + DAY + LENGTH * 1000

  it('is a refusal that says how to recover, for every kind of checkpoint', async () => {
    for (const checkpoint of [genesis, checkpointAt(50), at(50)]) {
      const light = client({ source: sourceOf(chain), checkpoint, now: () => late })
      const error = await light.sync().then(() => null, (caught: Error) => caught)
      expect(error).toMatchObject({ code: 'CHECKPOINT_EXPIRED' })
      expect(error!.message).toContain('recent checkpoint')
      expect(light.head()).toBeNull()
    }
  })

  it('also refuses when the head grew old while the page slept, and keeps the head', async () => {
    let time = now
    const light = client({ source: sourceOf(chain), now: () => time })
    const head = await light.sync(100)
    time = late
    expect(await refusal(() => light.sync())).toBe('CHECKPOINT_EXPIRED')
    expect(light.head()).toBe(head)
    time = now
    expect((await light.sync()).provenance.height).toBe(LENGTH)
  })
})

describe('a source that lies', () => {
  it('is refused for another world, another height, junk or silence', async () => {
    const foreign = await makeChain({ length: 3, committeeAt: () => members, change: (header) => ({ ...header, world_id: `other${WORLD.slice(4)}` }) })
    expect(await refusal(() => client({ source: sourceOf(foreign) }).sync())).toBe('WRONG_WORLD')
    expect(await refusal(() => client({ source: { lightBlock: async () => at(9) } }).sync(8))).toBe('WRONG_HEIGHT')
    expect(await refusal(() => client({ source: { lightBlock: async () => ({ header: 1 }) as unknown as LightBlock } }).sync())).toBe('MALFORMED')
    expect(await refusal(() => client({ source: { lightBlock: async () => null } }).sync())).toBe('NOT_FOUND')
    expect(await refusal(() => client({ source: { lightBlock: () => Promise.reject(new Error('no route')) } }).sync())).toBe('SOURCE_FAILED')
  })

  it('is refused for another block at the height of the checkpoint', async () => {
    const light = client({ source: sourceOf(chain), checkpoint: { world_id: WORLD, height: 50, block_hash: blockHash(at(51).header) } })
    expect(await refusal(() => light.sync())).toBe('WRONG_CHECKPOINT')
  })

  it('cannot rewrite a trusted height without proof', async () => {
    const light = client({ source: sourceOf(chain) })
    await light.sync(60)
    const forged = await makeLightBlock({ ...at(60).header, writer_epoch: 2 }, committee({ w: 1, x: 1 }))
    expect(await refusal(() => light.verify(forged))).toBe('WRONG_BLOCK_HASH')
    expect(toHex(light.block(60)!.provenance.block_hash)).toBe(toHex(blockHash(at(60).header)))
    expect((await light.sync()).provenance.height).toBe(LENGTH)
  })
})

describe('options', () => {
  it('are checked when the client is made', async () => {
    const source = sourceOf(chain)
    const bad: [Partial<LightClientInit>, string][] = [
      [{ trustingPeriodMs: 0 }, 'BAD_OPTIONS'], [{ clockDriftMs: -1 }, 'BAD_OPTIONS'], [{ trustLevel: { numerator: 1, denominator: 4 } }, 'BAD_OPTIONS'],
      [{ trustLevel: { numerator: 1, denominator: 1 } }, 'BAD_OPTIONS'], [{ trustLevel: { numerator: 3, denominator: 8 } }, 'BAD_OPTIONS'],
      [{ source: {} as LightSource }, 'BAD_OPTIONS'], [{ checkpoint: { ...genesis, validators: [] } as Checkpoint }, 'BAD_CHECKPOINT'],
      [{ checkpoint: { world_id: 'x', height: 3, block_hash: new Uint8Array(32) } }, 'BAD_CHECKPOINT'],
      [{ checkpoint: { world_id: WORLD, height: 3, block_hash: new Uint8Array(31) } }, 'BAD_CHECKPOINT'], [{ checkpoint: null as unknown as Checkpoint }, 'BAD_CHECKPOINT'],
    ]
    for (const [options, code] of bad) expect(await refusal(() => client({ source, ...options }))).toBe(code)
    for (const height of [0, -1, 1.5, Number.NaN]) expect(await refusal(() => client({ source }).sync(height))).toBe('BAD_OPTIONS')
  })
})

describe('verifyProof and verifyExecution', () => {
  const tree = new ReferenceTree([['agent/1', Uint8Array.of(1)], ['agent/2', Uint8Array.of(2)]])

  it('prove what the state of a verified block holds, with the whole trail', async () => {
    const own = await makeChain({ length: 3, committeeAt: () => members, change: (header) => (header.height === 3 ? { ...header, state_root: tree.root() } : header) })
    const light = client({ source: sourceOf(own) })
    expect(await refusal(() => light.verifyProof(tree.root(), 'agent/1', tree.prove('agent/1')))).toBe('UNKNOWN_STATE_ROOT')
    await light.sync()
    const present = light.verifyProof(tree.root(), 'agent/1', tree.prove('agent/1'))
    expect(present.value.value_hash).toHaveLength(32)
    expect(present.provenance.height).toBe(3)
    expect(present.provenance.steps.at(-1)).toMatchObject({ kind: 'state-proof', key: 'agent/1' })
    expect(isVerified(present)).toBe(true)
    expect(light.verifyProof(tree.root(), 'agent/3', tree.prove('agent/3')).value.value_hash).toBeNull()
    expect(await refusal(() => light.verifyProof(tree.root(), 'agent/1', { siblings: [], leaf: null }))).toBe('WRONG_STATE_ROOT')
  })

  it('note an execution that agrees and refuse one that does not', async () => {
    const head = await client({ source: sourceOf(chain) }).sync()
    expect(verifyExecution(head, head.provenance.state_root).provenance.steps.at(-1)).toEqual({ kind: 'execution' })
    expect(await refusal(() => verifyExecution(head, tree.root()))).toBe('WRONG_STATE_ROOT')
  })
})
