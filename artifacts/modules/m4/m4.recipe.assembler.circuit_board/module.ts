import { Recipe } from '../shared/recipe'
export { alloc } from '../../sdk'

/** In an assembler: a board, which miners are built from. */
export function call(ptr: usize, len: usize): u64 {
  return new Recipe('assembler.circuit_board')
    .consumes('copper_wire', 2)
    .consumes('polymer_resin', 1)
    .consumes('silicate_ore', 1)
    .produces('circuit_board', 1)
    .power(5).blocks(2).madeIn('assembler')
    .judge(ptr, len)
}
