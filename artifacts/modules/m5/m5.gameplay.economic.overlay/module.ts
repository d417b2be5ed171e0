import { Item, ListWriter, Output, decodeEventCall } from '../../sdk'
import { grant } from '../shared/grants'
export { alloc } from '../../sdk'

/** Payment for each point on the trade track, and tax for each further one. */
const PAID_PER_POINT: i64 = 12
const TAX_PER_POINT: i64 = 4
const MAX_TRADE_POINTS: i64 = 20
/** Every so many kept contracts show that an agent can be relied on. */
const CONTRACTS_PER_RELIABILITY: i64 = 3
const RELIABILITY_POINTS: i64 = 2
const MAX_RECIPE_POINTS: i64 = 10
const FACTORY_POINTS: i64 = 5
const VOTE_POINTS: i64 = 1

/** What agents achieve in passing: points for keeping contracts, trading, making things, helping in crises and voting. */
export function call(ptr: usize, len: usize): u64 {
  const event = decodeEventCall(ptr, len)
  const directives = new ListWriter()
  if (event.isKind('contract.settled')) contractSettled(event.payload, directives)
  else if (event.isKind('power.traded')) powerTraded(event.payload, directives)
  else if (event.isKind('recipe.completed')) directives.put(grant(event.payload.field('requester'), 'industry', min(MAX_RECIPE_POINTS, event.payload.field('batches').int())))
  else if (event.isKind('factory.built')) directives.put(grant(event.payload.field('owner'), 'industry', FACTORY_POINTS))
  else if (event.isKind('crisis.resolved')) crisisResolved(event.payload, directives)
  else if (event.isKind('council.voted')) directives.put(grant(event.payload.field('agent'), 'governance', VOTE_POINTS))
  return directives.length == 0 ? new Output().pack() : new Output().direct(directives).pack()
}

/** Only contracts that brought reputation count, so that two who trade back and forth gain no more here than there. */
function contractSettled(payload: Item, directives: ListWriter): void {
  const points = min(MAX_TRADE_POINTS, max(1, payload.field('payment').field('amount').int() / PAID_PER_POINT + payload.field('tax').int() / TAX_PER_POINT))
  if (payload.field('creator_reputation').int() > 0) directives.put(grant(payload.field('creator'), 'trade', points))
  if (payload.field('counterparty_reputation').int() == 0) return
  directives.put(grant(payload.field('agent'), 'trade', points))
  if (payload.field('counterparty_settled').int() % CONTRACTS_PER_RELIABILITY == 0) directives.put(grant(payload.field('agent'), 'reliability', RELIABILITY_POINTS))
}

function powerTraded(payload: Item, directives: ListWriter): void {
  const points = min(MAX_TRADE_POINTS, payload.field('value').int() / PAID_PER_POINT)
  if (points == 0) return
  directives.put(grant(payload.field('seller'), 'trade', points))
  directives.put(grant(payload.field('buyer'), 'trade', points))
}

/** As much as their name gained: it already stands under a bound. At most 64 helped, as many as an emit holds directives. */
function crisisResolved(payload: Item, directives: ListWriter): void {
  const contributors = payload.field('contributors').list()
  while (contributors.hasNext()) {
    const contributor = contributors.next()
    directives.put(grant(contributor.field('agent'), 'resilience', contributor.field('reputation').int()))
  }
}
