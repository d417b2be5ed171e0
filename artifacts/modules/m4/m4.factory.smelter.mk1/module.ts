import { Factory } from '../shared/factory'
export { alloc } from '../../sdk'

/** Turns ore into metal, wire and resin; built from what hands can make. */
export function call(ptr: usize, len: usize): u64 {
  return new Factory('factory.smelter.mk1', 'Smelter Mk1')
    .consumes('structural_frame', 12)
    .consumes('heat_coil', 4)
    .consumes('refractory_brick', 6)
    .power(6).blocks(8).tag('smelter')
    .judge(ptr, len)
}
