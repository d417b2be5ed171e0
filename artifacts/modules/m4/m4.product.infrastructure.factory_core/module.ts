import { Product } from '../shared/product'
export { alloc } from '../../sdk'

/** Cores: they stay with who made them. */
export function call(ptr: usize, len: usize): u64 {
  return new Product('infrastructure.factory_core', 'factory_core')
    .stack(24).notTradable()
    .quality('certified')
    .serves('governance')
    .judge(ptr, len)
}
