import { Item, ListWriter, MapWriter, Output, decodeTickCall, present } from '../../sdk'
import { grant } from '../shared/grants'
import { NextWeariness, weariness } from './weariness'
export { alloc } from '../../sdk'

/** At most between two looks at the wars going on. Without a war the kernel does not ask. */
const LONGEST_SLEEP: i64 = 5
/** A war ends with up to 17 directives, and an emit holds 64; further wars end in the next block. */
const WARS_PER_TICK = 3
/** Each four points of weariness take a point off a side's score, 25 at most. */
const WEARINESS_PER_POINT: i64 = 4
/** On the war track, for each member of the winning side, times the intensity. */
const POINTS_PER_INTENSITY: i64 = 2

/**
 * Ends wars that have lasted their time. The side with the higher score wins, whoever began wins a tie. The kernel says what a side is
 * worth; this module knows how tired it is: every war costs both sides, and they recover slowly.
 */
export function reduce(ptr: usize, len: usize): u64 {
  const tick = decodeTickCall(ptr, len)
  const facts = present(tick.facts)
  const height = tick.height
  const directives = new ListWriter()
  const next = new NextWeariness(tick.state, height)
  let concluded = 0
  let nextEnd = height + LONGEST_SLEEP
  const wars = facts.field('wars').list()
  while (wars.hasNext()) {
    const war = wars.next()
    if (concluded == WARS_PER_TICK || !war.field('over').bool()) {
      nextEnd = min(nextEnd, war.field('ends_height').int())
      continue
    }
    conclude(war, tick.state, height, directives)
    const intensity = war.field('intensity').int()
    next.tire(war.field('aggressor').field('alliance_id'), intensity)
    next.tire(war.field('defender').field('alliance_id'), intensity)
    concluded++
  }
  const output = new Output().wakeAfter(max(1, nextEnd - height))
  return concluded == 0 ? output.pack() : output.direct(directives).keep(next.done()).pack()
}

function conclude(war: Item, known: Item | null, height: i64, directives: ListWriter): void {
  const aggressor = war.field('aggressor')
  const defender = war.field('defender')
  const aggressorScore = scoreOf(aggressor, known, height)
  const defenderScore = scoreOf(defender, known, height)
  const aggressorWins = aggressorScore >= defenderScore
  directives.put(new MapWriter()
    .text('type', 'war_conclude')
    .item('war_id', war.field('war_id'))
    .text('winner', aggressorWins ? 'aggressor' : 'defender')
    .int('aggressor_score', aggressorScore)
    .int('defender_score', defenderScore)
    .done())
  const points = POINTS_PER_INTENSITY * war.field('intensity').int()
  const winners = (aggressorWins ? aggressor : defender).field('members').list()
  while (winners.hasNext()) directives.put(grant(winners.next(), 'war', points))
}

function scoreOf(side: Item, known: Item | null, height: i64): i64 {
  return max(0, side.field('score').int() - weariness(known, side.field('alliance_id'), height) / WEARINESS_PER_POINT)
}
