import { Product } from '../shared/product'
export { alloc } from '../../sdk'

/** Racks. */
export function call(ptr: usize, len: usize): u64 {
  return new Product('finished.module_rack', 'module_rack')
    .stack(48)
    .quality('standard').quality('precision')
    .serves('scale')
    .judge(ptr, len)
}
