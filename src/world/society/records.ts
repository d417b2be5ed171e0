import { schema } from '../../codec/index.ts'
import type { Infer, Schema } from '../../codec/index.ts'
import { AGENT_ID, AGENT_NAME, ASTEROID_ID } from '../state/records.ts'
import { policySchema } from './params.ts'
import { line } from './texts.ts'

const { array, int, literal, nullable, object, record, text } = schema

const hexId = (prefix: string) => text(prefix.length + 17, new RegExp(`^${prefix}/[0-9a-f]{16}$`))
export const CONTRACT_ID = hexId('contract')
export const ALLIANCE_ID = hexId('alliance')
export const WAR_ID = hexId('war')
export const CRISIS_ID = hexId('crisis')
/** Chosen by who opens the proposal. */
export const COUNCIL_ID = text(32, /^[a-z][a-z0-9_-]{2,31}$/)
export const MATERIAL_ID = text(32, /^[a-z][a-z0-9_]*$/)
export const RESOURCE = literal('electricity', 'data')

/** Largest payment or delivery of one contract. */
export const MAX_CONTRACT_AMOUNT = 1_000_000
export const MAX_STAKE = 10_000
export const deliverySchema = object({ material: MATERIAL_ID, amount: int(1, MAX_CONTRACT_AMOUNT) })
export type Delivery = Infer<typeof deliverySchema>
export const paymentSchema = object({ resource: RESOURCE, amount: int(1, MAX_CONTRACT_AMOUNT) })
export type Payment = Infer<typeof paymentSchema>

/** Goods against payment. The payment is held here until goods arrive or the term ends. */
export const contractRecordSchema = object({
  /** Who ordered and pays. */
  creator: AGENT_ID,
  /** Who delivers; null while anybody may accept. */
  counterparty: nullable(AGENT_ID),
  status: literal('open', 'accepted', 'settled', 'cancelled', 'expired'),
  deliver: deliverySchema,
  payment: paymentSchema,
  reputation_stake: int(0, MAX_STAKE),
  /** Where the creator promised to be: its dock, or its destination, when it opened the contract. */
  place: ASTEROID_ID,
  description: line(280),
  opened_height: int(1),
  /** Last height at which it can be accepted and settled. */
  expires_height: int(1),
})
export type ContractRecord = Infer<typeof contractRecordSchema>

/** How an agent keeps its word. */
export const standingSchema = object({
  /** Contracts it is party to that are not over. */
  open_contracts: int(0, 64),
  settled: int(0),
  failed: int(0),
  /** What contracts within the window brought it, oldest first; each at least one point, so the cap bounds the list. */
  gains: array(object({ height: int(1), with: AGENT_ID, amount: int(1) }), 64),
})
export type Standing = Infer<typeof standingSchema>

export const MAX_MEMBERS = 16
const invitationSchema = object({ agent: AGENT_ID, until_height: int(1) })
export type Invitation = Infer<typeof invitationSchema>
export const allianceRecordSchema = object({
  name: AGENT_NAME,
  founder: AGENT_ID,
  /** Ascending; the founder among them. */
  members: array(AGENT_ID, MAX_MEMBERS),
  invitations: array(invitationSchema, MAX_MEMBERS),
  formed_height: int(1),
  /** The war it is in; null in peace. */
  war: nullable(WAR_ID),
  /** Until then nobody can declare war on it, nor it on others; 0 before its first war. */
  truce_until_height: int(0),
})
export type AllianceRecord = Infer<typeof allianceRecordSchema>
export const allianceOfSchema = object({ alliance_id: ALLIANCE_ID })
export type AllianceOf = Infer<typeof allianceOfSchema>

export const SIDES = ['aggressor', 'defender'] as const
export type Side = (typeof SIDES)[number]
export const MAX_INTENSITY = 10
export const warRecordSchema = object({
  aggressor: ALLIANCE_ID,
  defender: ALLIANCE_ID,
  initiator: AGENT_ID,
  objective: line(160),
  intensity: int(1, MAX_INTENSITY),
  declared_height: int(1),
  /** First height at which it can be concluded. */
  ends_height: int(1),
  /** Null while it goes on. */
  result: nullable(object({ winner: literal('aggressor', 'defender', 'draw'), aggressor_score: int(0), defender_score: int(0), height: int(1) })),
})
export type WarRecord = Infer<typeof warRecordSchema>
export const activeWarsSchema = array(WAR_ID, 16)

export const CRISIS_KINDS = ['solar_storm', 'network_outage', 'supply_shock', 'governance_deadlock'] as const
export type CrisisKind = (typeof CRISIS_KINDS)[number]
export const CRISIS_KIND = literal(...CRISIS_KINDS)
export const MAX_SEVERITY = 5
/** Most agents that contribute to one crisis; what each must give at least makes sure that it is enough. */
export const MAX_CONTRIBUTORS = 64
const contributionSchema = object({ agent: AGENT_ID, amount: int(1) })
export type Contribution = Infer<typeof contributionSchema>
export const crisisRecordSchema = object({
  kind: CRISIS_KIND,
  severity: int(1, MAX_SEVERITY),
  /** What is asked for: a resource or a material. */
  needs: literal('electricity', 'data', 'iron_ore'),
  required: int(1),
  contributed: int(0),
  /** In the order they first gave. */
  contributors: array(contributionSchema, MAX_CONTRIBUTORS),
  spawned_height: int(1),
  /** From then on it is too late. */
  until_height: int(1),
  status: literal('active', 'resolved', 'timed_out'),
})
export type CrisisRecord = Infer<typeof crisisRecordSchema>
/** Crises going on, and how those before them went. */
export const activeCrisesSchema = object({ ids: array(CRISIS_ID, 4), spawned: int(0), resolved: int(0), timed_out: int(0), last_spawn_height: int(0) })
export type ActiveCrises = Infer<typeof activeCrisesSchema>

/** What crises do to everybody, as long as `until_height` is not reached. `strength` in per cent. */
export const MAX_EFFECTS = 16
const effectSchema = object({ crisis_id: CRISIS_ID, kind: CRISIS_KIND, strength: int(0, 90), until_height: int(1) })
export type WorldEffect = Infer<typeof effectSchema>
export const modifiersRecordSchema = array(effectSchema, MAX_EFFECTS)

export const MAX_OPTIONS = 8
export const councilRecordSchema = object({
  title: line(80),
  description: line(600),
  proposer: AGENT_ID,
  /** In the order of the proposal; the first is the one that carries out `policy`. */
  options: array(object({ name: line(40), weight: int(0), votes: int(0) }), MAX_OPTIONS),
  opened_height: int(1),
  /** First height at which no more votes count. */
  closes_height: int(1),
  quorum_weight: int(1),
  pass_threshold_bps: int(5_000, 10_000),
  policy: nullable(policySchema),
  status: literal('open', 'passed', 'failed'),
  winning_option: nullable(line(40)),
})
export type CouncilRecord = Infer<typeof councilRecordSchema>
export const openCouncilsSchema = array(COUNCIL_ID, 16)
/** `opened_height` tells apart proposals that had the same key one after the other. */
export const votesSchema = array(object({ key: COUNCIL_ID, opened_height: int(1), option: line(40), weight: int(1, 100) }), 16)
export type Votes = Infer<typeof votesSchema>

export const META_TRACKS = ['industry', 'trade', 'war', 'governance', 'resilience', 'reliability'] as const
export type MetaTrack = (typeof META_TRACKS)[number]
/** Ascending. */
export const ACHIEVEMENTS = ['bronze', 'silver', 'gold', 'platinum', 'diamond'] as const
export type Achievement = (typeof ACHIEVEMENTS)[number]
export const metaRecordSchema = object({
  /** Points by track; tracks without points are absent. */
  tracks: record(int(0), META_TRACKS.length, 16),
  total: int(0),
  achievements: array(literal(...ACHIEVEMENTS), ACHIEVEMENTS.length),
})
export type MetaRecord = Infer<typeof metaRecordSchema>
/** Agents that have the points for an achievement they lack, ascending. Who finds it full is noted with the next point. */
export const MAX_PENDING = 256
export const pendingAchievementsSchema = array(AGENT_ID, MAX_PENDING)

export const MAX_RECENT = 32
export const recentSchema = array(text(48), MAX_RECENT)

export const societyRecords: readonly (readonly [RegExp, Schema<unknown>])[] = [
  [/^contract\/[0-9a-f]{16}$/, contractRecordSchema],
  [/^standing\/[0-9a-f]{32}$/, standingSchema],
  [/^alliance\/[0-9a-f]{16}$/, allianceRecordSchema],
  [/^alliance_of\/[0-9a-f]{32}$/, allianceOfSchema],
  [/^war\/[0-9a-f]{16}$/, warRecordSchema],
  [/^wars\/active$/, activeWarsSchema],
  [/^crisis\/[0-9a-f]{16}$/, crisisRecordSchema],
  [/^crises\/active$/, activeCrisesSchema],
  [/^world_modifiers$/, modifiersRecordSchema],
  [/^council\/[a-z][a-z0-9_-]{2,31}$/, councilRecordSchema],
  [/^councils\/open$/, openCouncilsSchema],
  [/^council_votes\/[0-9a-f]{32}$/, votesSchema],
  [/^gameplay_policy$/, policySchema],
  [/^meta\/[0-9a-f]{32}$/, metaRecordSchema],
  [/^meta_pending$/, pendingAchievementsSchema],
  [/^recent\/(contracts|wars|crises|councils)$/, recentSchema],
]
