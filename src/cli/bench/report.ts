/** A figure and what it should reach. */
export interface Target {
  readonly name: string
  readonly measured: number
  readonly limit: number
  /** `most`: the figure must not be above the limit; `least`: not below. */
  readonly kind: 'most' | 'least'
}

/** Prints figures as they come and keeps them for `--json`. */
export class Report {
  readonly targets: Target[] = []
  readonly figures: Record<string, unknown> = {}
  readonly say: (line: string) => void

  constructor(say: (line: string) => void) {
    this.say = say
  }

  /** Keeps the details of a measurement and hands them on. */
  keep<T>(name: string, figures: T): T {
    this.figures[name] = figures
    return figures
  }

  most(name: string, measured: number, limit: number): void {
    this.add({ name, measured, kind: 'most', limit })
  }

  least(name: string, measured: number, limit: number): void {
    this.add({ name, measured, kind: 'least', limit })
  }

  private add(target: Target): void {
    const { name, measured, kind, limit } = target
    this.targets.push(target)
    const met = kind === 'most' ? measured <= limit : measured >= limit
    this.say(`${met ? '✔' : '✖'} ${name.padEnd(66)} ${measured.toFixed(2).padStart(8)}  (at ${kind} ${limit})`)
  }
}
