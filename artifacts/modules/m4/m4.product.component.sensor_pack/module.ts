import { Product } from '../shared/product'
export { alloc } from '../../sdk'

/** Sensors. */
export function call(ptr: usize, len: usize): u64 {
  return new Product('component.sensor_pack', 'sensor_pack')
    .stack(96)
    .quality('standard').quality('calibrated')
    .serves('explore')
    .judge(ptr, len)
}
