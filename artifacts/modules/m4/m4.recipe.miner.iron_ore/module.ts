import { Recipe } from '../shared/recipe'
export { alloc } from '../../sdk'

/** In a miner: iron ore out of the asteroid it stands on. */
export function call(ptr: usize, len: usize): u64 {
  return new Recipe('miner.iron_ore')
    .extracts('iron_ore', 'Fe', 10)
    .power(4).blocks(2).madeIn('miner')
    .judge(ptr, len)
}
