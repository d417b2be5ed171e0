import { worldId } from '../../codec/index.ts'
import type { ConsensusInit } from '../runner-types.ts'
import { Adversary, Coalition } from './adversary.ts'
import type { SimWorld } from './application.ts'
import { KeyRegistry } from './keys.ts'
import { CALM, SimNetwork } from './network.ts'
import { SimNode } from './node.ts'
import type { SimEnvironment } from './node.ts'
import { Observer } from './observer.ts'
import type { Coverage, Violation } from './observer.ts'
import { Prng } from './prng.ts'
import { randomScenario } from './scenario.ts'
import type { Phase, Scenario } from './scenario.ts'
import { VirtualTime } from './virtual-time.ts'

/** How many heights every correct node must gain once faults end. */
const HEIGHTS_AFTER_HEAL = 4
/** Within how much virtual time, in milliseconds. Rounds may have grown long during the faults, and each Byzantine proposer costs one. */
const HEAL_BOUND_MS = 120_000
const NO_FAULTS: Phase = { from: 0, weather: CALM, crashPermille: 0, crashAfterLockPermille: 0, crashInWritePermille: 0, interruptPermille: 0 }
/** How long a crashed node stays down, in virtual milliseconds. */
const DOWN_MS: readonly [number, number] = [30, 3_000]

export interface SimulationOptions {
  readonly seed: number
  /**
   * Lets all pending promise jobs run, so that a virtual instant is over before the next begins: in Node
   * `() => new Promise(setImmediate)`. Given by the caller because no host-independent way exists.
   */
  readonly settle: () => Promise<void>
  /** A scenario of one's own instead of the seed's. */
  readonly scenario?: (prng: Prng, keys: KeyRegistry) => Scenario
  /** Broken parts, for the check that the simulator notices them. */
  readonly mutant?: { readonly step?: NonNullable<ConsensusInit['step']>; readonly forgetfulWal?: boolean }
}

export interface SimulationReport {
  readonly seed: number
  readonly violation: Violation | null
  readonly heights: number
  readonly events: number
  readonly virtualMs: number
  readonly crashes: number
  readonly tornWrites: number
  readonly messagesLost: number
  readonly evidence: number
  readonly coverage: Readonly<Coverage>
  readonly byzantine: readonly string[]
  /** Where each node stood at the end, for a failed run. */
  readonly nodes: readonly string[]
}

/** Runs one seed to its end: faults, healing, and the heights that must follow. Stops at the first violation. */
export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  return new Simulation(options).run()
}

class Simulation {
  readonly #options: SimulationOptions
  readonly #prng: Prng
  readonly #time = new VirtualTime()
  readonly #keys = new KeyRegistry()
  readonly #scenario: Scenario
  readonly #network: SimNetwork
  readonly #observer: Observer
  readonly #nodes: SimNode[] = []
  readonly #correct: SimNode[] = []
  #phase: Phase = NO_FAULTS
  #events = 0

  constructor(options: SimulationOptions) {
    this.#options = options
    this.#prng = new Prng(options.seed)
    this.#scenario = (options.scenario ?? randomScenario)(this.#prng.fork(), this.#keys)
    const { byzantine } = this.#scenario
    const world = this.#world()
    this.#network = new SimNetwork(this.#time, this.#prng.fork())
    this.#observer = new Observer(world, this.#keys.verify, new Set(byzantine.keys()), () => this.#time.now)
    this.#createNodes(world)
  }

  async run(): Promise<SimulationReport> {
    for (const node of this.#nodes) node.boot()
    await this.#options.settle()
    for (const phase of this.#scenario.phases) {
      this.#time.after(phase.from, () => {
        this.#enter(phase)
      })
    }
    this.#scheduleCrashes()
    await this.#runUntil(() => this.#time.now >= this.#scenario.healAt)
    await this.#healAndFinish()
    return this.#report()
  }

  #world(): SimWorld {
    const { sets, epochHeights } = this.#scenario
    return {
      world_id: worldId('demo-simulation', this.#options.seed),
      validatorsAt: (height) => sets[Math.floor((height - 1) / epochHeights) % sets.length]!,
    }
  }

  #createNodes(world: SimWorld): void {
    const { validators, byzantine, fullNodes } = this.#scenario
    const { mutant } = this.#options
    const coalition = new Coalition()
    const environment: SimEnvironment = {
      world, time: this.#time, network: this.#network, observer: this.#observer, verify: this.#keys.verify, timeouts: this.#scenario.timeouts, writeMs: this.#scenario.writeMs,
      nodes: validators.length + fullNodes, interruptPermille: () => this.#phase.interruptPermille, forgetfulWal: mutant?.forgetfulWal ?? false,
      ...(mutant?.step === undefined ? {} : { step: mutant.step }),
    }
    for (let index = 0; index < environment.nodes; index++) {
      const validator = validators[index]
      const signer = validator === undefined ? null : this.#keys.signerOf(validator.validator_id, validator.public_key)
      const strategy = validator === undefined ? undefined : byzantine.get(validator.validator_id)
      const name = validator?.validator_id ?? `full-${index}`
      const node = new SimNode(environment, index, name, signer, strategy === undefined, this.#prng.fork())
      this.#nodes.push(node)
      if (strategy === undefined || signer === null) {
        this.#correct.push(node)
        node.onLock = () => this.#crashSoon(node, this.#phase.crashAfterLockPermille, 20)
        node.disk.onWrite = (ms) => this.#crashSoon(node, this.#phase.crashInWritePermille, ms)
        this.#network.attach((from, message) => node.receive(from, message))
        continue
      }
      const adversary = new Adversary({
        node, signer, strategy, coalition, world, network: this.#network, observer: this.#observer, prng: this.#prng.fork(), nodes: environment.nodes,
      })
      this.#network.attach((from, message) => {
        if (!adversary.intercept(from, message)) node.receive(from, message)
      })
    }
  }

  #scheduleCrashes(): void {
    const CHECK_MS = 100
    this.#time.after(CHECK_MS, () => {
      if (this.#time.now >= this.#scenario.healAt) return
      const blackout = this.#prng.chance(this.#scenario.blackoutPermille / 10)
      for (const node of this.#correct) {
        if (blackout || this.#prng.chance(this.#phase.crashPermille / 10)) this.#crash(node)
      }
      this.#scheduleCrashes()
    })
  }

  #enter(phase: Phase): void {
    this.#phase = phase
    this.#network.weather = phase.weather
  }

  #crashSoon(node: SimNode, permille: number, withinMs: number): void {
    if (permille > 0 && this.#prng.chance(permille)) this.#time.after(this.#prng.between(0, withinMs), () => this.#crash(node))
  }

  #crash(node: SimNode): void {
    if (!node.up) return
    node.crash()
    this.#time.after(this.#prng.between(DOWN_MS[0], DOWN_MS[1]), () => {
      if (!node.up) node.boot()
    })
  }

  async #healAndFinish(): Promise<void> {
    if (this.#observer.violations.length > 0) return
    this.#enter(NO_FAULTS)
    for (const node of this.#correct) if (!node.up) node.boot()
    const goal = this.#observer.highest + HEIGHTS_AFTER_HEAL
    const deadline = this.#time.now + HEAL_BOUND_MS
    const reached = (): boolean => this.#correct.every((node) => node.height >= goal)
    await this.#runUntil(() => reached() || this.#time.now > deadline)
    if (this.#observer.violations.length > 0 || reached()) return
    const behind = this.#correct.filter((node) => node.height < goal).map((node) => node.status)
    this.#observer.report('LIVENESS', behind.join('; '), `not at height ${goal} ${HEAL_BOUND_MS} ms after the network healed`)
  }

  async #runUntil(done: () => boolean): Promise<void> {
    while (this.#observer.violations.length === 0 && !done() && this.#time.advance()) {
      this.#events++
      await this.#options.settle()
    }
  }

  #report(): SimulationReport {
    const sum = (value: (node: SimNode) => number): number => this.#nodes.reduce((total, node) => total + value(node), 0)
    const report: SimulationReport = {
      seed: this.#options.seed,
      violation: this.#observer.violations[0] ?? null,
      heights: this.#observer.highest,
      events: this.#events,
      virtualMs: this.#time.now,
      crashes: sum((node) => node.crashes),
      tornWrites: sum((node) => node.disk.tornWrites),
      messagesLost: this.#network.lost,
      evidence: this.#observer.evidence.size,
      coverage: this.#observer.coverage,
      byzantine: [...this.#scenario.byzantine].map(([name, strategy]) => `${name} (${strategy})`),
      nodes: this.#nodes.map((node) => node.status),
    }
    for (const node of this.#nodes) node.crash()
    return report
  }
}
