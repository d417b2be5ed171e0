import { Factory } from '../shared/factory'
export { alloc } from '../../sdk'

/** Takes ore out of the asteroid it stands on. */
export function call(ptr: usize, len: usize): u64 {
  return new Factory('factory.miner.mk1', 'Miner Mk1')
    .consumes('structural_frame', 8)
    .consumes('circuit_board', 2)
    .consumes('servo_motor', 2)
    .power(4).blocks(12).tag('miner')
    .judge(ptr, len)
}
