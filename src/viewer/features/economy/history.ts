/** The course of the economy, block by block, as this tab's own blocks tell it. Pure. */
import type { ValueMap } from '../../../codec/index.ts'
import type { Balances, BlockSummary } from '../../../node/index.ts'

/** Blocks kept: more than half an hour at one block a second, and no more than a chart can show. */
export const MAX_SAMPLES = 2_000

export type MarkerKind = 'crisisSpawned' | 'crisisResolved' | 'crisisTimedOut' | 'warDeclared' | 'warConcluded' | 'stage' | 'factory'

export interface Marker {
  readonly height: number
  readonly kind: MarkerKind
  /** What it is about: a kind of crisis, an objective, a stage; text of others. */
  readonly about: string
}

export interface Sample {
  readonly height: number
  /** Units of ore that came out of asteroids, and of everything made of it. */
  readonly ores: number
  readonly products: number
  /** Electricity traded, and the data paid for it. */
  readonly traded: number
  readonly value: number
  readonly opened: number
  readonly settled: number
  /** Electricity and data together. */
  readonly moduleFees: number
  readonly markers: readonly Marker[]
}

const MARKERS: Readonly<Record<string, readonly [kind: MarkerKind, about: string]>> = {
  'crisis.spawned': ['crisisSpawned', 'kind'],
  'crisis.resolved': ['crisisResolved', 'kind'],
  'crisis.timed_out': ['crisisTimedOut', 'kind'],
  'war.declared': ['warDeclared', 'objective'],
  'war.concluded': ['warConcluded', 'winner'],
  'industry.stage_changed': ['stage', 'to'],
  'factory.built': ['factory', 'factory_kind'],
}

export function sampleOf({ head: { height }, events }: BlockSummary): Sample {
  const sample = { height, ores: 0, products: 0, traded: 0, value: 0, opened: 0, settled: 0, moduleFees: 0 }
  const markers: Marker[] = []
  for (const { kind, payload } of events) {
    switch (kind) {
      case 'compound.mined': sample.ores += numberOf(payload, 'amount'); break
      case 'compound.refined': sample.products += unitsOf(payload['produce']); break
      case 'recipe.completed':
        if (textOf(payload, 'recipe_id').startsWith('miner.')) sample.ores += unitsOf(payload['produce'])
        else sample.products += unitsOf(payload['produce'])
        break
      case 'power.traded':
        sample.traded += numberOf(payload, 'amount')
        sample.value += numberOf(payload, 'value')
        break
      case 'contract.opened': sample.opened++; break
      case 'contract.settled': sample.settled++; break
      case 'module.runtime_charged': sample.moduleFees += numberOf(payload, 'compute_fee_amount') + numberOf(payload, 'electricity_fee_amount')
    }
    const marker = MARKERS[kind]
    if (marker !== undefined) markers.push({ height, kind: marker[0], about: textOf(payload, marker[1]) })
  }
  return { ...sample, markers }
}

/** `samples` with those of more blocks: ascending, each height once, the newest `MAX_SAMPLES`. The same array when nothing is new. */
export function withSamples(samples: readonly Sample[], added: readonly Sample[]): readonly Sample[] {
  const known = new Set(samples.map(({ height }) => height))
  const fresh = added.filter(({ height }) => !known.has(height) && known.add(height) !== undefined)
  if (fresh.length === 0) return samples
  return [...samples, ...fresh].sort((a, b) => a.height - b.height).slice(-MAX_SAMPLES)
}

export function withBalances(balances: readonly Balances[], added: Balances): readonly Balances[] {
  const last = balances.at(-1)
  return last !== undefined && last.height >= added.height ? balances : [...balances, added].slice(-MAX_SAMPLES)
}

/** So many neighbours added up into one, so that at most `most` remain; the height is that of the last of them. */
export function condense(samples: readonly Sample[], most: number): { readonly step: number; readonly samples: readonly Sample[] } {
  const step = Math.max(1, Math.ceil(samples.length / most))
  if (step === 1) return { step, samples }
  const condensed: Sample[] = []
  for (let at = 0; at < samples.length; at += step) condensed.push(samples.slice(at, at + step).reduce(addSamples))
  return { step, samples: condensed }
}

function addSamples(a: Sample, b: Sample): Sample {
  return {
    height: b.height, ores: a.ores + b.ores, products: a.products + b.products, traded: a.traded + b.traded, value: a.value + b.value,
    opened: a.opened + b.opened, settled: a.settled + b.settled, moduleFees: a.moduleFees + b.moduleFees, markers: [...a.markers, ...b.markers],
  }
}

/** Data a unit of electricity cost; null where none was traded. */
export const priceOf = ({ traded, value }: Sample): number | null => (traded === 0 ? null : value / traded)

/** Every `n`th of a list and its last, so that at most about `most` remain. */
export function thin<T>(list: readonly T[], most: number): readonly T[] {
  const step = Math.max(1, Math.ceil(list.length / most))
  return step === 1 ? list : list.filter((_, index) => index % step === 0 || index === list.length - 1)
}

const numberOf = (payload: ValueMap, name: string): number => (typeof payload[name] === 'number' ? payload[name] : 0)
const textOf = (payload: ValueMap, name: string): string => (typeof payload[name] === 'string' ? payload[name] : '')

function unitsOf(materials: unknown): number {
  if (typeof materials !== 'object' || materials === null) return 0
  return Object.values(materials).reduce((sum: number, amount) => sum + (typeof amount === 'number' ? amount : 0), 0)
}
