import { Recipe } from '../shared/recipe'
import { SCALE_OUT } from '../shared/stage'
export { alloc } from '../../sdk'

/** In an assembler: a sensor with a magnet of rare earth, and scrap. */
export function call(ptr: usize, len: usize): u64 {
  return new Recipe('assembler.sensor_pack')
    .consumes('control_chip', 1)
    .consumes('copper_wire', 2)
    .consumes('rare_earth_raw', 1)
    .produces('sensor_pack', 1)
    .leaves('calibration_scrap', 1)
    .power(8).blocks(3).madeIn('assembler').from(SCALE_OUT)
    .judge(ptr, len)
}
