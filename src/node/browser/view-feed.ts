import type { FactoryColumns, TransitColumns, WorldView } from '../../world/index.ts'
import type { ViewFrame } from '../view-frame.ts'

/** Sends world columns to a renderer's port: buffers are transferred, lists only when they changed. */
export class ViewFeed {
  private port: MessagePort | null = null
  private roster = -1
  private asteroidsSent = false
  private factories: FactoryColumns | null = null
  private transits: TransitColumns | null = null

  get attached(): boolean {
    return this.port !== null
  }

  attach(port: MessagePort): void {
    this.port?.close()
    this.port = port
    this.roster = -1
    this.asteroidsSent = false
    this.factories = this.transits = null
  }

  push({ height, agents, asteroids, factories, transits }: WorldView, blockIntervalMs: number): void {
    if (this.port === null) return
    const { count, x, y, prevX, prevY, activity } = agents
    const frame: ViewFrame = {
      type: 'frame',
      height,
      block_interval_ms: blockIntervalMs,
      agents: { count, x, y, prevX, prevY, activity },
      roster: agents.revision === this.roster ? null : { ids: agents.ids, names: agents.names },
      asteroids: this.asteroidsSent ? null : asteroids,
      factories: factories === this.factories ? null : factories,
      transits: transits === this.transits ? null : transits,
    }
    this.roster = agents.revision
    this.asteroidsSent = true
    this.factories = factories
    this.transits = transits
    this.port.postMessage(frame, [x.buffer, y.buffer, prevX.buffer, prevY.buffer, activity.buffer])
  }
}
