import { Recipe } from '../shared/recipe'
export { alloc } from '../../sdk'

/** By hand: silicate pressed and fired. */
export function call(ptr: usize, len: usize): u64 {
  return new Recipe('field.refractory_brick')
    .consumes('silicate_ore', 2)
    .produces('refractory_brick', 1)
    .power(1).blocks(1)
    .judge(ptr, len)
}
