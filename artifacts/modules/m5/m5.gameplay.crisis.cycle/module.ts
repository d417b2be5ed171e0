import { Item, ListWriter, MapWriter, Output, Writer, decodeTickCall, present } from '../../sdk'
export { alloc } from '../../sdk'

/** At most between two looks, so that the end of a crisis is not missed for long. */
const LONGEST_SLEEP: i64 = 5
/** The interval between crises shrinks by an eighth for every two in a row nobody resolved, down to five eighths. */
const INTERVAL_PARTS: i64 = 8
const MAX_PARTS_LESS: i64 = 3
/** A crisis lasts so many eighths of the interval, and one more for each step of severity. */
const DURATION_PARTS: i64 = 6
const MAX_SEVERITY: i64 = 5
/** Penalty in per cent: so much for each step of severity, half as much again for each crisis in a row nobody resolved. */
const PENALTY_PER_SEVERITY: i64 = 10
const MAX_PENALTY: i64 = 90

/**
 * The cycle of crises: one after the other, of each kind in turn, worse when the last ones were not resolved. State
 * `{streak, resolved, timed_out}`: crises in a row nobody resolved, and how many were and were not resolved by then.
 */
export function reduce(ptr: usize, len: usize): u64 {
  const tick = decodeTickCall(ptr, len)
  const facts = present(tick.facts)
  const height = tick.height
  const resolved = facts.field('resolved').int()
  let timedOut = facts.field('timed_out').int()
  let streak = streakNow(tick.state, resolved, timedOut)
  const directives = new ListWriter()
  let next = height + LONGEST_SLEEP
  let going = 0
  const active = facts.field('active').list()
  while (active.hasNext()) {
    const crisis = active.next()
    if (crisis.field('over').bool()) {
      directives.put(timeOut(crisis, streak++))
      timedOut++
    } else {
      next = min(next, crisis.field('until_height').int())
      going++
    }
  }
  if (going == 0) {
    const due = facts.field('last_spawn_height').int() + interval(facts, streak)
    if (height >= due) directives.put(spawn(facts, streak))
    else next = min(next, due)
  }
  const output = new Output().wakeAfter(max(1, next - height))
  if (directives.length > 0) output.direct(directives)
  if (isNews(tick.state, resolved, timedOut)) output.keep(new MapWriter().int('streak', streak).int('resolved', resolved).int('timed_out', timedOut).done())
  return output.pack()
}

/** A crisis that was resolved since the last look ends the streak; one that timed out without this module lengthens it. */
function streakNow(known: Item | null, resolved: i64, timedOut: i64): i64 {
  if (known == null) return timedOut
  if (resolved > known.field('resolved').int()) return 0
  return max(0, known.field('streak').int() + timedOut - known.field('timed_out').int())
}

function isNews(known: Item | null, resolved: i64, timedOut: i64): bool {
  return known == null || known.field('resolved').int() != resolved || known.field('timed_out').int() != timedOut
}

function interval(facts: Item, streak: i64): i64 {
  const parts = INTERVAL_PARTS - min(MAX_PARTS_LESS, streak / 2)
  const usual = facts.field('crisis_interval_blocks').int()
  return max(max(1, (usual * parts) / INTERVAL_PARTS), facts.field('crisis_cooldown_blocks').int())
}

function spawn(facts: Item, streak: i64): Writer {
  const spawned = facts.field('spawned').int()
  const severity = min(MAX_SEVERITY, 1 + spawned % 3 + streak / 2)
  const lasts = (facts.field('crisis_interval_blocks').int() * (DURATION_PARTS + severity)) / INTERVAL_PARTS
  return new MapWriter()
    .text('type', 'crisis_spawn')
    .text('kind', kindOf(spawned))
    .int('severity', severity)
    .int('lasts_blocks', max(1, min(lasts, facts.field('crisis_blocks_max').int())))
    .done()
}

/** Each in turn, beginning with the one that a young world can resolve. */
function kindOf(spawned: i64): string {
  switch ((spawned % 4) as i32) {
    case 0: return 'solar_storm'
    case 1: return 'supply_shock'
    case 2: return 'network_outage'
    default: return 'governance_deadlock'
  }
}

function timeOut(crisis: Item, streak: i64): Writer {
  const penalty = (PENALTY_PER_SEVERITY * crisis.field('severity').int() * (2 + streak)) / 2
  return new MapWriter()
    .text('type', 'crisis_timeout')
    .item('crisis_id', crisis.field('crisis_id'))
    .int('penalty', min(MAX_PENALTY, penalty))
    .done()
}
