import { describe, expect, it } from 'vitest'
import { blockSummary, worldEvent } from '../../test-support/fixtures.ts'
import { condense, MAX_SAMPLES, priceOf, sampleOf, thin, withBalances, withSamples } from './history.ts'

const event = (kind: string, payload: object) => worldEvent(7, 0, { kind, payload: payload as never })
const block = blockSummary(7, [
  event('compound.mined', { amount: 5 }),
  event('recipe.completed', { recipe_id: 'miner.iron_ore', produce: { iron_ore: 8 }, byproducts: {} }),
  event('recipe.completed', { recipe_id: 'smelter.iron_ingot', produce: { iron_ingot: 3 }, byproducts: { slag: 9 } }),
  event('compound.refined', { produce: { hardware_part: 2 } }),
  event('power.traded', { amount: 10, value: 30 }),
  event('power.traded', { amount: 10, value: 10 }),
  event('contract.opened', {}),
  event('contract.settled', {}),
  event('module.runtime_charged', { compute_fee_amount: 4, electricity_fee_amount: 6 }),
  event('crisis.spawned', { kind: 'solar_storm' }),
  event('war.declared', { objective: 'ore' }),
])

describe('samples of the economy', () => {
  it('tell ore from products, count trades, contracts and fees, and mark what changes the course', () => {
    const sample = sampleOf(block)
    expect(sample).toMatchObject({ height: 7, ores: 13, products: 5, traded: 20, value: 40, opened: 1, settled: 1, moduleFees: 10 })
    expect(priceOf(sample)).toBe(2)
    expect(sample.markers).toEqual([{ height: 7, kind: 'crisisSpawned', about: 'solar_storm' }, { height: 7, kind: 'warDeclared', about: 'ore' }])
  })

  it('read any payload, and have no price where nothing was traded', () => {
    const odd = sampleOf(blockSummary(1, [event('compound.mined', { amount: 'x' }), event('recipe.completed', { produce: 7 }), event('crisis.spawned', {})]))
    expect(odd).toMatchObject({ ores: 0, products: 0 })
    expect(priceOf(odd)).toBeNull()
  })

  it('stay in order, once each and bounded, and are the same list when nothing is new', () => {
    const at = (height: number) => sampleOf(blockSummary(height))
    const samples = withSamples([], [at(3), at(1), at(2), at(2)])
    expect(samples.map(({ height }) => height)).toEqual([1, 2, 3])
    expect(withSamples(samples, [at(2)])).toBe(samples)
    const many = withSamples(samples, Array.from({ length: MAX_SAMPLES + 5 }, (_, n) => at(n + 1)))
    expect([many.length, many.at(-1)!.height]).toEqual([MAX_SAMPLES, MAX_SAMPLES + 5])
  })

  it('are condensed without losing anything they add up to', () => {
    const samples = Array.from({ length: 103 }, (_, n) => ({ ...sampleOf(block), height: n + 1 }))
    const { step, samples: condensed } = condense(samples, 20)
    expect(step).toBe(6)
    expect(condensed.length).toBeLessThanOrEqual(20)
    expect(condensed.reduce((sum, { ores }) => sum + ores, 0)).toBe(103 * 13)
    expect(condensed.at(-1)!.height).toBe(103)
  })

  it('keep the last of a thinned list', () => {
    expect(thin([1, 2, 3, 4, 5, 6, 7], 3)).toEqual([1, 4, 7])
    expect(thin([1, 2, 3, 4, 5, 6, 7, 8], 3)).toEqual([1, 4, 7, 8])
  })

  it('take balances of newer heights only', () => {
    const balances = (height: number) => ({ height, agents: { count: 1, electricity: 1, data: 1 }, treasury: { electricity: 1, data: 1 } })
    const list = withBalances([], balances(5))
    expect(withBalances(list, balances(5))).toBe(list)
    expect(withBalances(list, balances(6))).toHaveLength(2)
  })
})
