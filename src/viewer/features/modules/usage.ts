/** What modules did and cost in the blocks this tab keeps, from the events the kernel wrote about their calls. Pure. */
import type { ValueMap } from '../../../codec/index.ts'
import type { BlockSummary } from '../../../node/index.ts'

export interface ModuleUse {
  readonly calls: number
  readonly failures: number
  readonly fuel: number
  readonly electricity: number
  readonly data: number
}

export interface Failure {
  readonly height: number
  readonly code: string
  readonly detail: string
  readonly instance_id: string
}

export interface Usage {
  readonly blocks: number
  /** Seconds by the proposers' clocks from the first to the last of them. */
  readonly seconds: number
  readonly total: ModuleUse
  readonly byModule: ReadonlyMap<string, ModuleUse>
}

export const NO_USE: ModuleUse = { calls: 0, failures: 0, fuel: 0, electricity: 0, data: 0 }

/** `blocks` newest first, as the feed has them; the newest `limit` count. */
export function usageOf(blocks: readonly BlockSummary[], limit: number): Usage {
  const counted = blocks.slice(0, limit)
  const byModule = new Map<string, ModuleUse>()
  let total = NO_USE
  for (const { events } of counted) {
    for (const { kind, payload } of events) {
      if (kind !== 'module.runtime_charged') continue
      const id = payload['module_id']
      if (typeof id !== 'string') continue
      const use = useOf(payload)
      byModule.set(id, sum(byModule.get(id) ?? NO_USE, use))
      total = sum(total, use)
    }
  }
  const seconds = counted.length < 2 ? 0 : (counted[0]!.head.time - counted.at(-1)!.head.time) / 1000
  return { blocks: counted.length, seconds, total, byModule }
}

/** Fees of one module block by block, oldest first: electricity and data together. */
export function feeHistory(blocks: readonly BlockSummary[], moduleId: string, limit: number): readonly number[] {
  return blocks.slice(0, limit).map(({ events }) => {
    let fee = 0
    for (const { kind, payload } of events) {
      if (kind !== 'module.runtime_charged' || payload['module_id'] !== moduleId) continue
      const { electricity, data } = useOf(payload)
      fee += electricity + data
    }
    return fee
  }).reverse()
}

/** Newest first. */
export function failuresOf(blocks: readonly BlockSummary[], moduleId: string, limit: number): Failure[] {
  const found: Failure[] = []
  for (const { head, events } of blocks) {
    for (const { kind, payload } of events.toReversed()) {
      if (kind !== 'module.call_failed' || payload['module_id'] !== moduleId) continue
      found.push({ height: head.height, code: textOf(payload, 'code'), detail: textOf(payload, 'detail'), instance_id: textOf(payload, 'instance_id') })
      if (found.length >= limit) return found
    }
  }
  return found
}

function useOf(payload: ValueMap): ModuleUse {
  const number = (name: string): number => (typeof payload[name] === 'number' ? payload[name] : 0)
  return {
    calls: number('calls'), failures: number('failures'), fuel: number('fuel'),
    electricity: number('electricity_fee_amount'), data: number('compute_fee_amount'),
  }
}

const textOf = (payload: ValueMap, name: string): string => (typeof payload[name] === 'string' ? payload[name] : '')

const sum = (a: ModuleUse, b: ModuleUse): ModuleUse => ({
  calls: a.calls + b.calls, failures: a.failures + b.failures, fuel: a.fuel + b.fuel, electricity: a.electricity + b.electricity, data: a.data + b.data,
})
