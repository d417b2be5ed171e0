import { Recipe } from '../shared/recipe'
export { alloc } from '../../sdk'

/** In a miner: copper ore out of the asteroid it stands on. */
export function call(ptr: usize, len: usize): u64 {
  return new Recipe('miner.copper_ore')
    .extracts('copper_ore', 'Cu', 10)
    .power(4).blocks(2).madeIn('miner')
    .judge(ptr, len)
}
