/** Events as sentences and as fields, from payloads whose shape depends on the kind. Tolerant: a payload that misses a field still reads. */
import type { Value, ValueMap } from '../../../codec/index.ts'
import type { WorldEvent } from '../../../world/index.ts'
import { bareAsteroid, peerText, shortAgent, shortHex } from '../../i18n/index.ts'
import type { Catalog, Format } from '../../i18n/index.ts'

export type EventFamily = keyof Catalog['events']['families']

const FAMILIES: readonly EventFamily[] = ['agent', 'harvest', 'resource', 'observation', 'action', 'module', 'validator']

export function familyOf(kind: string): EventFamily {
  if (kind === 'agent.harvested') return 'harvest'
  const first = kind.split(/[._]/, 1)[0] as EventFamily
  return FAMILIES.includes(first) ? first : 'other'
}

export function textOf(payload: ValueMap, ...names: readonly string[]): string | null {
  for (const name of names) if (typeof payload[name] === 'string') return payload[name]
  return null
}

function numberOf(payload: ValueMap, ...names: readonly string[]): number | null {
  for (const name of names) if (typeof payload[name] === 'number') return payload[name]
  return null
}

function countOf(payload: ValueMap, ...names: readonly string[]): number {
  for (const name of names) {
    const value = payload[name]
    if (Array.isArray(value)) return value.length
    if (typeof value === 'number') return value
  }
  return 0
}

/** Agents an event is about, the one who did it first. */
export function agentsIn(event: WorldEvent): string[] {
  const { payload } = event
  const named = [textOf(payload, 'agent', 'actor'), textOf(payload, 'to')]
  return [...new Set(named.filter((id): id is string => id !== null && /^agent\/[0-9a-f]{32}$/.test(id)))]
}

/** `nameOf` gives what an agent is called; everything that came from others is bounded. */
export function sentenceOf(event: WorldEvent, nameOf: (id: string) => string, t: Catalog, f: Format): string {
  const { kind, payload } = event
  const [actor, other] = agentsIn(event)
  const called = (id: string | undefined): string => (id === undefined ? t.sentence.someone : peerText(nameOf(id), 32))
  const who = called(actor)
  const place = (...names: readonly string[]): string => {
    const id = textOf(payload, ...names)
    return id !== null && id.startsWith('asteroid/') ? t.asteroid.named(bareAsteroid(id)) : t.sentence.somewhere
  }
  const amount = f.int(numberOf(payload, 'amount') ?? 0)
  switch (kind) {
    case 'agent.registered': return t.sentence.registered(peerText(textOf(payload, 'name') ?? who, 32), place('location', 'asteroid'))
    case 'agent.departed': return t.sentence.departed(who, place('from_asteroid', 'from', 'location'), place('to_asteroid', 'to', 'destination'))
    case 'agent.arrived': return t.sentence.arrived(who, place('asteroid', 'at', 'to_asteroid', 'location', 'to'))
    case 'harvest.started': return t.sentence.harvestStarted(who, place('asteroid', 'location', 'at'))
    case 'agent.harvested': return t.sentence.harvested(who, amount)
    case 'resource.transferred': {
      const resource = textOf(payload, 'resource') === 'data' ? t.sentence.resources.data : t.sentence.resources.electricity
      return t.sentence.transferred(who, amount, resource, called(other))
    }
    case 'observation.recorded': return t.sentence.observed(who, f.int(countOf(payload, 'visible', 'agents', 'count')))
    case 'action.rejected': return t.sentence.rejected(who, actionName(textOf(payload, 'action_kind') ?? '', t))
    case 'module.call_failed': return t.sentence.moduleFailed(peerText(textOf(payload, 'module_id') ?? t.app.unknown, 60), peerText(textOf(payload, 'code') ?? '', 40))
    case 'module.emitted': return t.sentence.moduleEmitted(peerText(textOf(payload, 'module_id') ?? t.app.unknown, 60))
    case 'validator.slashed': return t.sentence.slashed(peerText(textOf(payload, 'validator_id') ?? t.app.unknown, 64), f.int((numberOf(payload, 'stake_before') ?? 0) - (numberOf(payload, 'stake_after') ?? 0)))
    case 'validator_set.changed': return t.sentence.setChanged
    default: return t.sentence.other(peerText(kind, 60))
  }
}

/** An action kind in words; unknown ones as they are, bounded. */
export function actionName(kind: string, t: Catalog): string {
  return (t.actionKind as Readonly<Record<string, string>>)[kind] ?? (kind === '' ? t.why.action : peerText(kind, 40))
}

/** Which kind of action causes an event of this kind directly; null when the world itself does. */
export function actionKindBehind(kind: string): string | null {
  const kinds: Readonly<Record<string, string>> = {
    'agent.registered': 'register_agent', 'agent.departed': 'move_agent', 'harvest.started': 'harvest_radiation', 'resource.transferred': 'transfer_resource',
    'observation.recorded': 'query_observation', 'validator.slashed': 'report_duplicate_vote',
  }
  return kinds[kind] ?? null
}

/** Deepest nesting and longest list written out; a payload is at most a few kilobytes, a screen less. */
const MAX_DEPTH = 4
const MAX_ENTRIES = 64

/** A value as readable text: CBOR diagnostic style, bytes as hex, bounded. */
export function valueText(value: Value, indent = 0, depth = 0): string {
  const pad = '  '.repeat(indent + 1)
  const end = '  '.repeat(indent)
  if (value instanceof Uint8Array) return `h'${shortHex([...value.subarray(0, 256)].map((byte) => byte.toString(16).padStart(2, '0')).join(''), 32)}'`
  if (typeof value === 'string') return JSON.stringify(peerText(value))
  if (value === null || typeof value !== 'object') return String(value)
  if (depth >= MAX_DEPTH) return '…'
  const list = Array.isArray(value)
  const entries: (readonly [string, Value])[] = list ? value.map((item: Value) => ['', item] as const) : Object.entries(value as ValueMap)
  if (entries.length === 0) return list ? '[]' : '{}'
  const shown = entries.slice(0, MAX_ENTRIES).map(([name, item]) => `${pad}${list ? '' : `${peerText(name, 64)}: `}${valueText(item, indent + 1, depth + 1)}`)
  if (entries.length > MAX_ENTRIES) shown.push(`${pad}… ${entries.length - MAX_ENTRIES}`)
  return `${list ? '[' : '{'}\n${shown.join(',\n')}\n${end}${list ? ']' : '}'}`
}

export const nameFrom = (names: ReadonlyMap<string, string>) => (id: string): string => names.get(id) ?? shortAgent(id)
