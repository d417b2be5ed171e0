import { Product } from '../shared/product'
export { alloc } from '../../sdk'

/** Chips. */
export function call(ptr: usize, len: usize): u64 {
  return new Product('component.control_chip', 'control_chip')
    .stack(200)
    .quality('standard').quality('selected')
    .serves('scale')
    .judge(ptr, len)
}
