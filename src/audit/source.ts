import type { LightBlock } from '../light/index.ts'
import type { WorldEvent } from '../world/index.ts'

/** Where an export reads from: the store of a node at rest, or a node at work in a page. All of it is verified again by who reads the file. */
export interface AuditSource {
  readonly worldId: string
  /** Encoded genesis; null when it is not at hand. */
  readonly genesis: Uint8Array | null
  /** Heights that can be read now; null before the first block. */
  range(): Promise<{ readonly earliest: number; readonly latest: number } | null>
  /** Header, certificate and validators of a height; null when it is not stored. */
  lightBlock(height: number): Promise<LightBlock | null>
  /** Events of a height in order; null when they are not stored. */
  events(height: number): Promise<readonly WorldEvent[] | null>
}
