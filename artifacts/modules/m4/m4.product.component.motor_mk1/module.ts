import { Product } from '../shared/product'
export { alloc } from '../../sdk'

/** Motors. */
export function call(ptr: usize, len: usize): u64 {
  return new Product('component.motor_mk1', 'motor_mk1')
    .stack(128)
    .quality('standard').quality('balanced')
    .serves('scale')
    .judge(ptr, len)
}
