import { Product } from '../shared/product'
export { alloc } from '../../sdk'

/** Drones. */
export function call(ptr: usize, len: usize): u64 {
  return new Product('finished.logistics_drone', 'logistics_drone')
    .stack(32)
    .quality('standard').quality('tuned')
    .serves('explore')
    .judge(ptr, len)
}
