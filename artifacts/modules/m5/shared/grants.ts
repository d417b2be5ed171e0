import { Item, MapWriter, Writer } from '../../sdk'

/** A `meta_grant` directive of points alone. The kernel takes 0 to 100. */
export function grant(agent: Item, track: string, points: i64): Writer {
  return new MapWriter()
    .text('type', 'meta_grant')
    .item('agent', agent)
    .text('track', track)
    .int('points', points)
    .null('achievement')
    .done()
}
