import { Product } from '../shared/product'
export { alloc } from '../../sdk'

/** Ingots. */
export function call(ptr: usize, len: usize): u64 {
  return new Product('material.iron_ingot', 'iron_ingot')
    .stack(500)
    .quality('rough').quality('standard')
    .serves('scale')
    .judge(ptr, len)
}
