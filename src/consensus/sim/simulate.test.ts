import { describe, expect, it } from 'vitest'
import { MUTANTS } from './mutants.ts'
import type { MutantName } from './mutants.ts'
import { Prng } from './prng.ts'
import { NO_TARGET } from './network.ts'
import { randomScenario, SIM_TIMEOUTS } from './scenario.ts'
import type { Phase, Scenario } from './scenario.ts'
import { simulate } from './simulate.ts'
import type { SimulationReport } from './simulate.ts'
import { STRATEGIES } from './adversary.ts'
import type { KeyRegistry } from './keys.ts'

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const SEEDS = 60

function explain({ seed, violation, nodes, byzantine }: SimulationReport): string {
  return `seed ${seed}: ${violation?.kind} ${violation?.node}: ${violation?.message}\n${byzantine.join(', ')}\n${nodes.join('\n')}\nnpm run sim -- --seeds 1 --seed ${seed}`
}

/** A network of validators with the given stakes; the last `byzantine.length` of them are Byzantine. */
function network(stakes: readonly number[], byzantine: readonly (typeof STRATEGIES)[number][], phases: readonly Phase[], change: Partial<Scenario> = {}) {
  return (prng: Prng, keys: KeyRegistry): Scenario => {
    const validators = stakes.map((stake, index) => {
      const validator_id = `validator-${index}`
      return { validator_id, public_key: keys.create(validator_id, prng.bytes(16)), stake }
    })
    return {
      validators, sets: [validators], epochHeights: 100,
      byzantine: new Map(byzantine.map((strategy, index) => [`validator-${stakes.length - byzantine.length + index}`, strategy])),
      fullNodes: 0, phases, healAt: 6_000, blackoutPermille: 0, timeouts: SIM_TIMEOUTS, writeMs: 5, ...change,
    }
  }
}

const CLEAR: Phase = {
  from: 0, weather: { lossPermille: 0, lossByKind: NO_TARGET, duplicatePermille: 0, delayMs: [1, 20], groups: null },
  crashPermille: 0, crashAfterLockPermille: 0, crashInWritePermille: 0, interruptPermille: 0,
}
const cut = (groups: readonly number[] | null, from = 0): Phase => ({ ...CLEAR, from, weather: { ...CLEAR.weather, groups } })

describe('random faults', () => {
  it(`break nothing in ${SEEDS} seeds, and are met: rounds, locks, re-proposals, crashes, torn writes, evidence`, async () => {
    const met = { heights: 0, rounds: 0, locked: 0, reproposals: 0, crashes: 0, torn: 0, evidence: 0 }
    for (let seed = 1; seed <= SEEDS; seed++) {
      const report = await simulate({ seed, settle })
      expect(report.violation, explain(report)).toBeNull()
      met.heights += report.heights
      met.rounds += report.coverage.highestRound
      met.locked += report.coverage.prevotesWhileLocked
      met.reproposals += report.coverage.reproposals
      met.crashes += report.crashes
      met.torn += report.tornWrites
      met.evidence += report.evidence
    }
    for (const [what, times] of Object.entries(met)) expect(times, `no ${what} in ${SEEDS} seeds`).toBeGreaterThan(10)
  })

  it('are the same for the same seed, and others for another', async () => {
    const [one, again, other] = await Promise.all([77, 77, 78].map((seed) => simulate({ seed, settle })))
    expect(again).toEqual(one)
    expect(other!.events).not.toBe(one!.events)
  })

  it('leave the Byzantine below a third of stake in every validator set', () => {
    for (let seed = 0; seed < 300; seed++) {
      const { sets, byzantine } = randomScenario(new Prng(seed), { create: () => new Uint8Array(32) } as unknown as KeyRegistry)
      for (const set of sets) {
        const total = set.reduce((sum, { stake }) => sum + stake, 0)
        const bad = set.reduce((sum, { validator_id, stake }) => sum + (byzantine.has(validator_id) ? stake : 0), 0)
        expect(3 * bad).toBeLessThan(total)
      }
    }
  })
})

describe('a network', () => {
  it('commits steadily when nothing is wrong', async () => {
    const report = await simulate({ seed: 1, settle, scenario: network([1, 1, 1, 1], [], [CLEAR]) })
    expect(report.violation, explain(report)).toBeNull()
    expect(report.heights).toBeGreaterThan(18)
    expect(report.coverage.highestRound).toBe(0)
  })

  it.each(STRATEGIES)('goes on with one of four Byzantine: %s', async (strategy) => {
    const report = await simulate({ seed: 2, settle, scenario: network([1, 1, 1, 1], [strategy], [CLEAR]) })
    expect(report.violation, explain(report)).toBeNull()
    expect(report.heights).toBeGreaterThan(6)
  })

  it('reports who voted twice', async () => {
    const report = await simulate({ seed: 3, settle, scenario: network([1, 1, 1, 1], ['noise'], [CLEAR]) })
    expect(report.violation, explain(report)).toBeNull()
    expect(report.evidence).toBe(1)
  })

  it('stands still without two thirds of stake, and goes on when the parts meet again', async () => {
    const halves = network([1, 1, 1, 1], [], [cut([0, 0, 1, 1])])
    const split = await simulate({ seed: 4, settle, scenario: halves })
    expect(split.violation, explain(split)).toBeNull()
    expect(split.heights).toBeLessThan(8) // the heights after healing only
  })

  it('goes on in the part that has two thirds; the other catches up by sync', async () => {
    const report = await simulate({ seed: 5, settle, scenario: network([1, 1, 1, 1], [], [cut([0, 0, 0, 1])]) })
    expect(report.violation, explain(report)).toBeNull()
    expect(report.heights).toBeGreaterThan(12)
  })

  it('survives every validator losing power again and again', async () => {
    const scenario = network([1, 1, 1, 1], [], [{ ...CLEAR, crashInWritePermille: 100 }], { blackoutPermille: 900, writeMs: 40, healAt: 20_000 })
    const report = await simulate({ seed: 6, settle, scenario })
    expect(report.violation, explain(report)).toBeNull()
    expect(report.crashes).toBeGreaterThan(8)
    expect(report.tornWrites).toBeGreaterThan(2)
  })
})

describe('the simulator', () => {
  // Enough seeds for the rarest of them, found by measurement; each stops at the first violation.
  it.each(Object.keys(MUTANTS) as MutantName[])('notices a broken machine: %s', async (name) => {
    let found: SimulationReport | null = null
    for (let seed = 1; seed <= 120 && found === null; seed++) {
      const report = await simulate({ seed, settle, mutant: MUTANTS[name] })
      if (report.violation !== null) found = report
    }
    const expected: Record<MutantName, readonly string[]> = {
      'no-lock': ['LOCK', 'AGREEMENT'],
      'lock-lost-in-crash': ['LOCK', 'AGREEMENT'],
      'half-quorum': ['HALT', 'AGREEMENT', 'CERTIFICATE'],
      'no-wal': ['DOUBLE_VOTE', 'DOUBLE_PROPOSAL'],
      'sign-before-persist': ['DOUBLE_VOTE', 'DOUBLE_PROPOSAL'],
      'ignores-execution': ['VALIDITY'],
      'no-precommit-timeout': ['LIVENESS'],
      'no-rebroadcast': ['LIVENESS'],
    }
    expect(expected[name]).toContain(found?.violation?.kind)
  })
})
