/** From an event back to what began it: event → schedule → event → action → the rule modules that judged the action. */
import type { BlockSummary } from '../../../node/index.ts'
import type { Receipt, WorldEvent } from '../../../world/index.ts'
import { actionKindBehind } from './describe.ts'

export type CauseStep =
  | { readonly kind: 'event'; readonly event: WorldEvent }
  | { readonly kind: 'schedule' }
  | { readonly kind: 'action'; readonly action_id: string; readonly receipt: Receipt | null; readonly actionKind: string | null }
  | { readonly kind: 'block' | 'genesis' | 'missing' }

/** What a chain is built from; blocks not kept are fetched by height. */
export interface CauseSource {
  block(height: number): Promise<BlockSummary | null>
}

/** No honest chain is longer; a loop cannot be, since causes precede effects. */
const MAX_STEPS = 12

/** The chain from `event` back to its root, the event itself first. */
export async function causesOf(event: WorldEvent, source: CauseSource): Promise<CauseStep[]> {
  const steps: CauseStep[] = [{ kind: 'event', event }]
  let current = event
  while (steps.length < MAX_STEPS) {
    const cause = current.caused_by
    if (cause === 'block' || cause === 'genesis') return [...steps, { kind: cause }]
    if (cause.startsWith('action:')) {
      const action_id = cause.slice('action:'.length)
      const block = await source.block(current.height)
      const receipt = block?.receipts.find((candidate) => candidate.action_id === action_id) ?? null
      const kind = current.payload['action_kind']
      return [...steps, { kind: 'action', action_id, receipt, actionKind: actionKindBehind(current.kind) ?? (typeof kind === 'string' ? kind : null) }]
    }
    const [, how, id] = /^(event|schedule):(?:.*?)(\d+-\d+)$/.exec(cause) ?? []
    if (id === undefined) return [...steps, { kind: 'missing' }]
    if (how === 'schedule') steps.push({ kind: 'schedule' })
    const height = Number(id.split('-')[0])
    const earlier = height <= current.height ? (await source.block(height))?.events.find((candidate) => candidate.id === id) : undefined
    if (earlier === undefined || earlier.id === current.id) return [...steps, { kind: 'missing' }]
    steps.push({ kind: 'event', event: earlier })
    current = earlier
  }
  return steps
}
