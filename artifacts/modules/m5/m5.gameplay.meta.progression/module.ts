import { Item, ListWriter, MapWriter, Output, Writer, decodeTickCall, present } from '../../sdk'
export { alloc } from '../../sdk'

/**
 * Grants achievements to those who have the points: bronze 20, silver 50, gold 100, platinum 150, diamond 300. The last two bring points of
 * their own, on the track the agent is best at. One a tick for each agent; whoever has more to come stays on the kernel's list.
 */
export function call(ptr: usize, len: usize): u64 {
  const directives = new ListWriter()
  const pending = present(decodeTickCall(ptr, len).facts).field('pending').list()
  while (pending.hasNext()) {
    const agent = pending.next()
    const achievement = dueAchievement(agent)
    if (achievement != '') directives.put(award(agent, achievement))
  }
  return new Output().direct(directives).wakeAfter(1).pack()
}

/** The lowest one it has the points for and lacks; empty when there is none. */
function dueAchievement(agent: Item): string {
  const total = agent.field('total').int()
  const held = agent.field('achievements')
  if (total >= 20 && !holds(held, 'bronze')) return 'bronze'
  if (total >= 50 && !holds(held, 'silver')) return 'silver'
  if (total >= 100 && !holds(held, 'gold')) return 'gold'
  if (total >= 150 && !holds(held, 'platinum')) return 'platinum'
  if (total >= 300 && !holds(held, 'diamond')) return 'diamond'
  return ''
}

function holds(achievements: Item, name: string): bool {
  const list = achievements.list()
  while (list.hasNext()) if (list.next().isText(name)) return true
  return false
}

function award(agent: Item, achievement: string): Writer {
  return new MapWriter()
    .text('type', 'meta_grant')
    .item('agent', agent.field('agent'))
    .item('track', agent.field('best_track'))
    .int('points', bonusOf(achievement))
    .text('achievement', achievement)
    .done()
}

function bonusOf(achievement: string): i64 {
  if (achievement == 'platinum') return 10
  return achievement == 'diamond' ? 20 : 0
}
