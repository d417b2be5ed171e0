import { Recipe } from '../shared/recipe'
export { alloc } from '../../sdk'

/** In a miner: carbon fuel out of the asteroid it stands on. */
export function call(ptr: usize, len: usize): u64 {
  return new Recipe('miner.carbon_fuel')
    .extracts('carbon_fuel', 'C', 10)
    .power(4).blocks(2).madeIn('miner')
    .judge(ptr, len)
}
