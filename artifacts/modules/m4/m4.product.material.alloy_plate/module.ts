import { Product } from '../shared/product'
export { alloc } from '../../sdk'

/** Plates. */
export function call(ptr: usize, len: usize): u64 {
  return new Product('material.alloy_plate', 'alloy_plate')
    .stack(400)
    .quality('standard').quality('hardened')
    .serves('scale')
    .judge(ptr, len)
}
