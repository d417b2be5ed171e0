import { Factory } from '../shared/factory'
export { alloc } from '../../sdk'

/** Turns what smelters make into parts and products. */
export function call(ptr: usize, len: usize): u64 {
  return new Factory('factory.assembler.mk1', 'Assembler Mk1')
    .consumes('structural_frame', 8)
    .consumes('iron_ingot', 10)
    .consumes('copper_wire', 8)
    .power(8).blocks(10).tag('assembler')
    .judge(ptr, len)
}
