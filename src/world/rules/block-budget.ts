/** About the largest event about a module, without what the module itself put in it. Bytes. */
const MODULE_EVENT_BYTES = 512

/** Most of what calls of one block use up besides fuel. Each bounds something that fuel does not, whatever modules are like. */
const MOST = {
  /** Each takes time besides its fuel, and a block that takes too long is never finished. Ten times what usual modules get from the fuel. */
  calls: 100_000,
  /** Bytes passed in, and `DECODED_WEIGHT` times those that were decoded. */
  traffic: 128 << 20,
  /** Bytes of events, about: a node stores at most 16 MiB of a block, and most of that is for what actions bring about. */
  said: 4 << 20,
  /** Bytes that states may take. */
  states: 2 << 20,
} as const
type Meter = Record<keyof typeof MOST, number>

const DECODED_WEIGHT = 8

/** Instances of agents get this share of everything: the rest is for actions and the world's own rules, whoever could pay. */
const AGENTS_SHARE = 4

export interface BudgetRefusal {
  readonly code: 'OUT_OF_FUEL' | 'OUTPUT_TOO_LARGE' | 'POLICY_DENIED'
  readonly detail: string
}

const none = (): Meter => ({ calls: 0, traffic: 0, said: 0, states: 0 })

/** What a block has left for calls of modules: fuel, time, and room. The same on every node, since it counts and never measures. */
export class BlockBudget {
  private readonly fuelLimit: number
  private readonly reserve: number
  private used = 0
  private usedByAgents = 0
  private readonly all = none()
  private readonly agents = none()

  /** `reserve` of the fuel is for those who govern. */
  constructor(fuelLimit: number, reserve: number) {
    this.fuelLimit = fuelLimit
    this.reserve = reserve
  }

  get fuelUsed(): number {
    return this.used
  }

  canAfford(fuel: number, governing = false): boolean {
    return this.used + fuel <= this.fuelLimit - (governing ? 0 : this.reserve)
  }

  charge(fuel: number): void {
    this.used += fuel
  }

  /** Why a call that may take so much fuel, and keep so many bytes more, cannot be made; null when it can. */
  refuses(owned: boolean, fuel: number, keepFree: number, states: number): BudgetRefusal | null {
    if (!this.canAfford(fuel + keepFree)) return { code: 'OUT_OF_FUEL', detail: 'the block has no fuel left for this call' }
    if (owned && (this.usedByAgents + fuel) * AGENTS_SHARE > this.fuelLimit) return { code: 'OUT_OF_FUEL', detail: 'the share of the block for modules of agents is used up' }
    if (this.isOver('calls', owned, 1) || this.isOver('traffic', owned, 0)) return { code: 'POLICY_DENIED', detail: 'no more calls in this block' }
    if (this.isOver('said', owned, 0)) return { code: 'OUTPUT_TOO_LARGE', detail: 'modules have said as much as a block holds' }
    return this.isOver('states', owned, states) ? { code: 'OUTPUT_TOO_LARGE', detail: 'modules keep as much as changes in one block' } : null
  }

  /** An input was made, even if nobody could pay for the call. */
  passIn(owned: boolean, bytes: number): void {
    this.add('traffic', owned, bytes)
  }

  /** A call was made that keeps up to `states` bytes more. */
  call(owned: boolean, fuel: number, states: number): void {
    this.charge(fuel)
    if (owned) {
      this.usedByAgents += fuel
      this.say(true, 1, 0) // that it was charged
    }
    this.add('calls', owned, 1)
    this.add('states', owned, states)
  }

  /** An answer came. A state that is one byte string is not decoded. */
  passOut(owned: boolean, decodedBytes: number, otherBytes: number): void {
    this.add('traffic', owned, DECODED_WEIGHT * decodedBytes + otherBytes)
  }

  /** So many events about a module are recorded, with so many bytes of its own. */
  say(owned: boolean, events: number, bytes: number): void {
    this.add('said', owned, events * MODULE_EVENT_BYTES + bytes)
  }

  private add(kind: keyof Meter, owned: boolean, amount: number): void {
    this.all[kind] += amount
    if (owned) this.agents[kind] += amount
  }

  private isOver(kind: keyof Meter, owned: boolean, more: number): boolean {
    return this.all[kind] + more > MOST[kind] || (owned && (this.agents[kind] + more) * AGENTS_SHARE > MOST[kind])
  }
}
