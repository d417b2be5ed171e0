import { Item, MapWriter, Writer } from '../../sdk'

/** One material and how much of it. */
@unmanaged
class Line {
  readonly material: string
  readonly amount: i64
  readonly next: Line | null

  constructor(material: string, amount: i64, next: Line | null) {
    this.material = material
    this.amount = amount
    this.next = next
  }
}

/** Materials that go into something, or come out of it, once. */
@unmanaged
export class Bill {
  private lines: Line | null = null

  add(material: string, amount: i64): void {
    this.lines = new Line(material, amount, this.lines)
  }

  /** How many times `stock`, a map of amounts, covers this, `most` at most. */
  timesIn(stock: Item, most: i64): i64 {
    let times = most
    let line = this.lines
    while (line) {
      times = min(times, stock.intOr(line.material, 0) / line.amount)
      line = line.next
    }
    return times
  }

  /** The first material of which `stock` has too little for even one time. It must lack one. */
  missingFrom(stock: Item): string {
    let line = this.lines
    while (line) {
      if (stock.intOr(line.material, 0) < line.amount) return line.material
      line = line.next
    }
    return unreachable()
  }

  /** The amounts, so many times. */
  times(count: i64): Writer {
    const amounts = new MapWriter()
    let line = this.lines
    while (line) {
      amounts.int(line.material, line.amount * count)
      line = line.next
    }
    return amounts.done()
  }
}
