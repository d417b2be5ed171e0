import { Item, MapWriter, Writer, present } from '../../sdk'

/** Blocks in which a side recovers by one point. */
const BLOCKS_PER_POINT: i64 = 10
const MAX_WEARINESS: i64 = 100
/** What a war costs both sides, times the intensity. */
const PER_INTENSITY: i64 = 2
/** Most alliances kept in mind, twice those that can be at war: keeps the state small. All weariness is gone after a thousand blocks. */
const MAX_KEPT = 64

/** How tired an alliance is at `height`. The state maps ids to `{points, height}`: so many points at that height, fewer since. */
export function weariness(known: Item | null, allianceId: Item, height: i64): i64 {
  if (known == null) return 0
  const entry = known.findAt(allianceId)
  return entry ? left(entry, height) : 0
}

function left(entry: Item, height: i64): i64 {
  return max(0, entry.field('points').int() - (height - entry.field('height').int()) / BLOCKS_PER_POINT)
}

/** Builds the next state: first those whose wars ended, then everybody else who is still tired. */
export class NextWeariness {
  private known: Item | null
  private height: i64
  private entries: MapWriter
  private added: Writer
  private addedCount: u64
  private kept: i32

  constructor(known: Item | null, height: i64) {
    this.known = known
    this.height = height
    this.entries = new MapWriter()
    this.added = new Writer()
    this.addedCount = 0
    this.kept = 0
  }

  /** An alliance is in one war at a time, so it comes up once. */
  tire(allianceId: Item, intensity: i64): void {
    const points = min(MAX_WEARINESS, weariness(this.known, allianceId, this.height) + PER_INTENSITY * intensity)
    this.entries.putAt(allianceId, new MapWriter().int('height', this.height).int('points', points).done())
    this.added.item(allianceId)
    this.addedCount++
    this.kept++
  }

  done(): Writer {
    if (this.known != null) {
      const all = present(this.known).entries()
      while (all.next()) {
        if (this.kept >= MAX_KEPT) break
        if (left(all.value, this.height) == 0 || this.isAdded(all.key)) continue
        this.entries.itemAt(all.key, all.value)
        this.kept++
      }
    }
    return this.entries.done()
  }

  private isAdded(allianceId: Item): bool {
    let at = this.added.start
    for (let i: u64 = 0; i < this.addedCount; i++) {
      const item = changetype<Item>(at)
      if (item.equals(allianceId)) return true
      at = item.end
    }
    return false
  }
}
