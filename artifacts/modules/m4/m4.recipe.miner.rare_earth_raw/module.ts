import { Recipe } from '../shared/recipe'
export { alloc } from '../../sdk'

/** In a miner: rare earth out of the asteroid it stands on. */
export function call(ptr: usize, len: usize): u64 {
  return new Recipe('miner.rare_earth_raw')
    .extracts('rare_earth_raw', 'Nd', 10)
    .power(4).blocks(2).madeIn('miner')
    .judge(ptr, len)
}
