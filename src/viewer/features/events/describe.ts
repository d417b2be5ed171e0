/** Events as sentences and as fields, from payloads whose shape depends on the kind. Tolerant: a payload that misses a field still reads. */
import type { Value, ValueMap } from '../../../codec/index.ts'
import type { WorldEvent } from '../../../world/index.ts'
import { bareAsteroid, peerText, shortAgent, shortHex } from '../../i18n/index.ts'
import type { Catalog, Format } from '../../i18n/index.ts'

export type EventFamily = keyof Catalog['events']['families']

/** First word of a kind → family; words that are families themselves are left out. */
const FAMILY_OF: Readonly<Record<string, EventFamily>> = {
  mining: 'industry', compound: 'industry', refining: 'industry', factory: 'industry', recipe: 'industry', product: 'industry', material: 'industry', transit: 'industry',
  contract: 'market', power: 'market', artifact: 'market', alliance: 'society', war: 'society', crisis: 'society', council: 'society', policy: 'society', meta: 'society',
  data: 'body', effect: 'module', manifest: 'governance',
}
const FAMILIES: readonly EventFamily[] = ['agent', 'harvest', 'resource', 'industry', 'body', 'observation', 'action', 'module', 'validator', 'governance']

export function familyOf(kind: string): EventFamily {
  if (kind === 'agent.harvested') return 'harvest'
  const first = kind.split(/[._]/, 1)[0]!
  return FAMILY_OF[first] ?? (FAMILIES.includes(first as EventFamily) ? first as EventFamily : 'other')
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

const FIRST_AGENT = ['agent', 'actor', 'owner', 'requester', 'buyer'] as const
const OTHER_AGENT = ['to', 'creator', 'seller', 'grantee', 'invited', 'counterparty'] as const
const isAgent = (id: unknown): id is string => typeof id === 'string' && /^agent\/[0-9a-f]{32}$/.test(id)

/** Agents an event is about, the one who did it first. */
export function agentsIn({ payload }: WorldEvent): string[] {
  const [first, other] = [FIRST_AGENT, OTHER_AGENT].map((names) => names.map((name) => payload[name]).find(isAgent))
  return [...new Set([first, other].filter(isAgent))]
}

/** `nameOf` gives what an agent is called; everything that came from others is bounded. */
export function sentenceOf(event: WorldEvent, nameOf: (id: string) => string, t: Catalog, f: Format): string {
  const telling = tellingOf(event, nameOf, t, f)
  return coreSentence(event.kind, telling, t, f) ?? industrySentence(event.kind, telling, t) ?? marketSentence(event.kind, telling, t)
    ?? societySentence(event.kind, telling, t, f) ?? bodySentence(event.kind, telling, t) ?? governanceSentence(event.kind, telling, t)
    ?? t.sentence.other(peerText(event.kind, 60))
}

/** The parts sentences are made of, read from the payload. */
interface Telling {
  readonly payload: ValueMap
  /** Who did it, and to or with whom. */
  readonly who: string
  readonly other: string
  readonly amount: string
  readonly place: (...names: readonly string[]) => string
  /** Text of others under the first name that has one; empty when none has. */
  readonly word: (...names: readonly string[]) => string
  readonly number: (name: string) => string
  /** `5 iron_ore, 2 gear` */
  readonly materials: (name: string) => string
}

function tellingOf(event: WorldEvent, nameOf: (id: string) => string, t: Catalog, f: Format): Telling {
  const { payload } = event
  const [first, second] = agentsIn(event)
  const called = (id: string | undefined): string => (id === undefined ? t.sentence.someone : peerText(nameOf(id), 32))
  return {
    payload, who: called(first), other: called(second), amount: f.int(numberOf(payload, 'amount') ?? 0),
    place: (...names) => {
      const id = textOf(payload, ...names)
      return id !== null && id.startsWith('asteroid/') ? t.asteroid.named(bareAsteroid(id)) : t.sentence.somewhere
    },
    word: (...names) => peerText(textOf(payload, ...names) ?? '', 60),
    number: (name) => f.int(numberOf(payload, name) ?? 0),
    materials: (name) => {
      const value = payload[name]
      if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) return t.app.none
      const parts = Object.entries(value).filter(([, amount]) => typeof amount === 'number' && amount > 0).map(([material, amount]) => `${f.int(amount as number)} ${peerText(material, 32)}`)
      return parts.length === 0 ? t.app.none : peerText(parts.join(', '), 120)
    },
  }
}

function coreSentence(kind: string, { payload, who, other, amount, place, word }: Telling, t: Catalog, f: Format): string | null {
  switch (kind) {
    case 'agent.registered': return t.sentence.registered(peerText(textOf(payload, 'name') ?? who, 32), place('location', 'asteroid'))
    case 'agent.departed': return t.sentence.departed(who, place('from_asteroid', 'from', 'location'), place('to_asteroid', 'to', 'destination'))
    case 'agent.arrived': return t.sentence.arrived(who, place('asteroid', 'at', 'to_asteroid', 'location', 'to'))
    case 'harvest.started': return t.sentence.harvestStarted(who, place('asteroid', 'location', 'at'))
    case 'agent.harvested': return t.sentence.harvested(who, amount)
    case 'resource.transferred': return t.sentence.transferred(who, amount, resourceName(word('resource'), t), other)
    case 'observation.recorded': return t.sentence.observed(who, f.int(countOf(payload, 'visible', 'agents', 'count')))
    case 'action.rejected': return t.sentence.rejected(who, actionName(textOf(payload, 'action_kind') ?? '', t))
    case 'module.call_failed': return t.sentence.moduleFailed(word('module_id') || t.app.unknown, word('code'))
    case 'module.emitted': return t.sentence.moduleEmitted(word('module_id') || t.app.unknown)
    case 'module.runtime_charged': return t.sentence.moduleCharged(word('module_id') || t.app.unknown, f.int(countOf(payload, 'calls')))
    case 'effect.queued': return t.sentence.effectQueued(word('module_id') || t.app.unknown, word('kind'))
    case 'effect.receipt': return t.sentence.effectReceipt(word('module_id') || t.app.unknown, word('status'))
    case 'effect.expired': return t.sentence.effectExpired(word('intent_id', 'kind'))
    case 'validator.slashed': return t.sentence.slashed(peerText(textOf(payload, 'validator_id') ?? t.app.unknown, 64), f.int((numberOf(payload, 'stake_before') ?? 0) - (numberOf(payload, 'stake_after') ?? 0)))
    case 'validator_set.changed': return t.sentence.setChanged
    default: return null
  }
}

function industrySentence(kind: string, { who, other, amount, place, word, number, materials }: Telling, t: Catalog): string | null {
  switch (kind) {
    case 'mining.started': return t.sentence.miningStarted(who, word('material'), place('asteroid'))
    case 'compound.mined': return t.sentence.mined(who, amount, word('material'))
    case 'refining.started': return t.sentence.refiningStarted(who, word('recipe_id'))
    case 'compound.refined': return t.sentence.refined(who, materials('produce'))
    case 'factory.build_started': return t.sentence.buildStarted(who, word('factory_kind'), place('asteroid'))
    case 'factory.built': return t.sentence.built(who, word('factory_kind'), place('asteroid'))
    case 'factory.maintained': return t.sentence.maintained(who, number('parts'))
    case 'factory.recycled': return t.sentence.recycled(who, word('factory_kind'))
    case 'recipe.started': return t.sentence.recipeStarted(who, word('recipe_id'), number('batches'))
    case 'recipe.completed': return t.sentence.recipeCompleted(who, materials('produce'))
    case 'product.validated': return t.sentence.validated(who, amount, word('material'))
    case 'material.transferred': return t.sentence.materialMoved(who, amount, word('material'))
    case 'transit.started': return t.sentence.transitStarted(who, amount, word('material'), place('from_asteroid'), place('to_asteroid'))
    case 'transit.completed': return t.sentence.transitCompleted(other === t.sentence.someone ? who : other, number('received'), word('material'), number('lost'))
    case 'material.discarded': return t.sentence.discarded(who, amount, word('material'))
    case 'industry.stage_changed': return t.sentence.stageChanged(word('to'))
    default: return null
  }
}

function marketSentence(kind: string, { payload, who, other, amount, word, number }: Telling, t: Catalog): string | null {
  const goods = fieldsOf(payload['deliver'])
  const price = fieldsOf(payload['payment'] ?? payload['price'])
  const paid = `${price.amount} ${resourceName(price.name, t)}`
  switch (kind) {
    case 'contract.opened': return t.sentence.contractOpened(who, `${goods.amount} ${goods.name}`, paid)
    case 'contract.accepted': return t.sentence.contractAccepted(who)
    case 'contract.settled': return t.sentence.contractSettled(who, `${goods.amount} ${goods.name}`, other, paid)
    case 'contract.cancelled': return t.sentence.contractCancelled(who)
    case 'contract.expired': return t.sentence.contractExpired(other)
    case 'power_order.placed': return word('side') === 'buy' ? t.sentence.buyPlaced(who, amount, number('limit_price')) : t.sentence.sellPlaced(who, amount, number('limit_price'))
    case 'power_order.cancelled': return t.sentence.orderCancelled(who)
    case 'power.traded': return t.sentence.powerTraded(who, amount, other, number('price'))
    case 'power.held_collected': return t.sentence.heldCollected(who, amount)
    case 'artifact.deployed': return t.sentence.artifactDeployed(who)
    case 'artifact.listed': return t.sentence.artifactListed(who, paid)
    case 'artifact.delisted': return t.sentence.artifactDelisted(who)
    case 'artifact.destroyed': return t.sentence.artifactDestroyed(who)
    case 'artifact.bid_placed': return t.sentence.bidPlaced(who, paid)
    case 'artifact.bid_cancelled': return t.sentence.bidCancelled(who)
    case 'artifact.sold': return t.sentence.artifactSold(who, other, paid)
    default: return null
  }
}

function societySentence(kind: string, { payload, who, other, amount, word, number }: Telling, t: Catalog, f: Format): string | null {
  const crises: Readonly<Record<string, string>> = t.sentence.crises
  const crisis = crises[word('kind')] ?? word('kind')
  switch (kind) {
    case 'alliance.formed': return t.sentence.allianceFormed(who, word('name'))
    case 'alliance.invited': return t.sentence.allianceInvited(who, other)
    case 'alliance.joined': return t.sentence.allianceJoined(who)
    case 'alliance.left': return t.sentence.allianceLeft(who)
    case 'alliance.dissolved': return t.sentence.allianceDissolved(who)
    case 'war.declared': return t.sentence.warDeclared(who, word('objective'))
    case 'war.concluded': return t.sentence.warConcluded(number('aggressor_score'), number('defender_score'))
    case 'crisis.spawned': return t.sentence.crisisSpawned(crisis, number('severity'))
    case 'crisis.contributed': return t.sentence.crisisContributed(who, amount, word('needs'))
    case 'crisis.resolved': return t.sentence.crisisResolved(crisis, f.int(countOf(payload, 'contributors')))
    case 'crisis.timed_out': return t.sentence.crisisTimedOut(crisis)
    case 'council.opened': return t.sentence.councilOpened(who, word('title'))
    case 'council.voted': return t.sentence.councilVoted(who, word('option'), word('key'))
    case 'council.finalized': return payload['passed'] === true ? t.sentence.councilPassed(word('key')) : t.sentence.councilFailed(word('key'))
    case 'policy.updated': return t.sentence.policyUpdated
    case 'meta.granted': return t.sentence.metaGranted(who, number('points'), word('track'))
    default: return null
  }
}

function bodySentence(kind: string, { payload, who, other, amount, place, word }: Telling, t: Catalog): string | null {
  switch (kind) {
    case 'body.attributes_updated': return t.sentence.bodyChanged(who)
    case 'body.expanded': return t.sentence.bodyExpanded(who)
    case 'body.slot_equipped': return payload['module'] === null ? t.sentence.slotEmptied(who, word('slot_id')) : t.sentence.slotEquipped(who, word('module'))
    case 'data.collection_started': return t.sentence.collectionStarted(who, place('asteroid'))
    case 'data.collected': return t.sentence.collected(who, amount)
    case 'data.access_granted': return t.sentence.accessGranted(who, other)
    case 'data.access_revoked': return t.sentence.accessRevoked(who, other)
    default: return null
  }
}

/** Who acts in governance is often no agent but a signer, a guardian or a validator. */
function officialOf({ payload, who }: Telling): string {
  const actor = textOf(payload, 'actor') ?? ''
  return /^(signer|validator)\/[a-z0-9-]{1,64}$/.test(actor) ? actor.slice(actor.indexOf('/') + 1) : who
}

function governanceSentence(kind: string, telling: Telling, t: Catalog): string | null {
  const { payload, word, number } = telling
  const module = word('module_id') || t.app.unknown
  switch (kind) {
    case 'manifest.updated': return t.sentence.manifestUpdated(versionIn(payload['manifest']) || t.app.unknown)
    case 'module.registered': return t.sentence.moduleRegistered(module, versionIn(payload['manifest']))
    case 'module.upgraded': return t.sentence.moduleUpgraded(module, word('from_version'), word('to_version'))
    case 'module.activated': return t.sentence.moduleActivated(module, word('version'))
    case 'module.deactivated': return t.sentence.moduleDeactivated(module)
    case 'module.load_failed': return t.sentence.moduleLoadFailed(module, word('code'))
    case 'module.validation_failed': return t.sentence.moduleInvalid(module, word('code'))
  }
  const say = t.sentence.governance
  const id = shortHex(peerText(textOf(payload, 'proposal_id') ?? t.app.unknown, 64), 4)
  switch (kind.replace(/^governance\./, '')) {
    case 'proposed': return say.proposed(id, officialOf(telling))
    case 'shadow_progress': return say.shadow_progress(id)
    case 'shadow_report': return say.shadow_report(id, wordOf(t.sentence.shadowStatus, textOf(mapOf(payload['report']), 'status')))
    case 'shadow_anchored': return say.shadow_anchored(id)
    case 'approved_by': return say.approved_by(id, officialOf(telling))
    case 'approved': return say.approved(id)
    case 'queued': return say.queued(id, number('apply_height'))
    case 'rejected_by': return say.rejected_by(id, officialOf(telling))
    case 'rejected': return say.rejected(id)
    case 'vetoed_by': return say.vetoed_by(id, officialOf(telling))
    case 'vetoed': return say.vetoed(id)
    case 'expired': return say.expired(id, wordOf(t.sentence.expiredBecause, textOf(payload, 'reason')))
    case 'applied': return say.applied(id)
    case 'apply_failed': return say.apply_failed(id, word('code'))
    case 'rolled_back': return say.rolled_back(id, number('to_height'))
    default: return null
  }
}

function versionIn(manifest: Value | undefined): string {
  const { version } = mapOf(manifest)
  return typeof version === 'number' || typeof version === 'string' ? peerText(String(version), 32) : ''
}

const wordOf = (words: Readonly<Record<string, string>>, code: string | null): string => (code !== null && Object.hasOwn(words, code) ? words[code]! : peerText(code ?? '', 32))

function mapOf(value: Value | undefined): ValueMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array) ? value as ValueMap : {}
}

const resourceName = (resource: string, t: Catalog): string => (resource === 'data' ? t.sentence.resources.data : t.sentence.resources.electricity)

/** An amount of something: `{material | resource, amount}`. */
function fieldsOf(value: Value | undefined): { readonly name: string; readonly amount: number } {
  const map = mapOf(value)
  return { name: peerText(textOf(map, 'material', 'resource') ?? '', 32), amount: numberOf(map, 'amount') ?? 0 }
}

/** An action kind in words; unknown ones as they are, bounded. */
export function actionName(kind: string, t: Catalog): string {
  return (t.actionKind as Readonly<Record<string, string>>)[kind] ?? (kind === '' ? t.why.action : peerText(kind, 40))
}

/** Which kind of action causes an event of this kind directly; null when the world itself does. */
export function actionKindBehind(kind: string): string | null {
  const kinds: Readonly<Record<string, string>> = {
    'agent.registered': 'register_agent', 'agent.departed': 'move_agent', 'harvest.started': 'harvest_radiation', 'resource.transferred': 'transfer_resource',
    'observation.recorded': 'query_observation', 'validator.slashed': 'report_duplicate_vote', 'mining.started': 'mine_compound', 'refining.started': 'refine_compound',
    'factory.build_started': 'build_factory', 'factory.maintained': 'maintain_factory', 'factory.recycled': 'recycle_factory', 'recipe.started': 'schedule_recipe',
    'product.validated': 'validate_product', 'material.transferred': 'transfer_material', 'transit.started': 'transfer_material', 'material.discarded': 'discard_material',
    'contract.opened': 'open_economic_contract', 'contract.accepted': 'accept_economic_contract', 'contract.settled': 'settle_economic_contract', 'contract.cancelled': 'cancel_economic_contract',
    'alliance.formed': 'form_alliance', 'alliance.invited': 'invite_to_alliance', 'alliance.joined': 'join_alliance', 'alliance.left': 'leave_alliance', 'alliance.dissolved': 'dissolve_alliance',
    'war.declared': 'declare_war', 'crisis.contributed': 'resolve_crisis', 'council.opened': 'open_council_proposal', 'council.voted': 'cast_council_vote',
    'power_order.placed': 'place_power_order', 'power.held_collected': 'collect_held_power', 'artifact.deployed': 'deploy_module_artifact', 'artifact.listed': 'list_module_artifact_for_sale',
    'artifact.delisted': 'delist_module_artifact', 'artifact.destroyed': 'destroy_module_artifact', 'artifact.bid_placed': 'place_module_artifact_bid', 'body.attributes_updated': 'body_action',
    'body.expanded': 'expand_body_interface', 'body.slot_equipped': 'equip_body_slot', 'data.collection_started': 'collect_data', 'data.access_granted': 'grant_data_access', 'data.access_revoked': 'revoke_data_access',
    'governance.proposed': 'propose', 'governance.approved_by': 'approve_proposal', 'governance.rejected_by': 'reject_proposal', 'governance.vetoed_by': 'veto_proposal', 'effect.receipt': 'submit_effect_receipt',
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
