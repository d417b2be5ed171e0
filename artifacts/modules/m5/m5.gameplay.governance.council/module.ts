import { Item, ListWriter, MapWriter, Output, decodeTickCall, present } from '../../sdk'
import { grant } from '../shared/grants'
export { alloc } from '../../sdk'

/** At most between two looks: a proposal waits no longer for its result. */
const LONGEST_SLEEP: i64 = 5
/** On the governance track, for whoever opened a proposal that passed. */
const PROPOSER_POINTS: i64 = 3
const BPS: i64 = 10_000

/**
 * Counts the votes on proposals whose window has closed. The option with the most weight wins, none when two have the same; the proposal
 * passes when enough weight was cast and enough of it for the winner. The kernel counts too and takes no other result.
 */
export function call(ptr: usize, len: usize): u64 {
  const tick = decodeTickCall(ptr, len)
  const facts = present(tick.facts)
  const directives = new ListWriter()
  let nextClose = tick.height + LONGEST_SLEEP
  const proposals = facts.field('proposals').list()
  while (proposals.hasNext()) {
    const proposal = proposals.next()
    if (proposal.field('closed').bool()) finalize(proposal, directives)
    else nextClose = min(nextClose, proposal.field('closes_height').int())
  }
  const output = new Output().wakeAfter(max(1, nextClose - tick.height))
  return directives.length == 0 ? output.pack() : output.direct(directives).pack()
}

function finalize(proposal: Item, directives: ListWriter): void {
  let winner: Item | null = null
  let most: i64 = 0
  let total: i64 = 0
  const options = proposal.field('options').list()
  while (options.hasNext()) {
    const option = options.next()
    const weight = option.field('weight').int()
    total += weight
    if (weight == most) winner = null
    if (weight > most) {
      winner = option.field('name')
      most = weight
    }
  }
  const passed = winner != null && total >= proposal.field('quorum_weight').int() && most * BPS >= total * proposal.field('pass_threshold_bps').int()
  const directive = new MapWriter().text('type', 'governance_finalize').item('key', proposal.field('key')).bool('passed', passed)
  if (winner == null) directive.null('winning_option')
  else directive.item('winning_option', present(winner))
  directives.put(directive.done())
  if (passed) directives.put(grant(proposal.field('proposer'), 'governance', PROPOSER_POINTS))
}
