import type { AllianceRecord, Votes } from '../../../world/index.ts'
import type { Character } from '../character.ts'
import type { Choices } from '../choices.ts'
import type { Amounts } from '../industry/recipes.ts'
import type { Known, PublicAffairs } from './public-affairs.ts'

/** An agent among others. */
export interface Citizen {
  readonly agent: string
  readonly name: string
  readonly registered_at: number
  readonly here: string
  readonly electricity: number
  readonly data: number
  readonly cargo: Amounts
  readonly alliance: Known<AllianceRecord> | null
  readonly votes: Votes
  /** Others it knows of, in no alliance as far as it knows. */
  readonly acquaintances: readonly string[]
  /** Where the creators of its accepted contracts are docked now, by agent. */
  readonly whereabouts: ReadonlyMap<string, string | null>
}

export type SocialAction =
  | { readonly kind: 'form_alliance'; readonly name: string; readonly invite: readonly string[] }
  | { readonly kind: 'invite_to_alliance'; readonly alliance_id: string; readonly agent: string }
  | { readonly kind: 'join_alliance'; readonly alliance_id: string }
  | { readonly kind: 'declare_war'; readonly defender: string; readonly objective: string; readonly intensity: number }
  | { readonly kind: 'resolve_crisis'; readonly crisis_id: string; readonly amount: number }
  | { readonly kind: 'cast_council_vote'; readonly key: string; readonly option: string }
  | {
    readonly kind: 'open_council_proposal'; readonly key: string; readonly title: string; readonly description: string; readonly options: readonly string[]
    readonly voting_window_blocks: number; readonly quorum_weight: number; readonly pass_threshold_bps: number
    readonly policy: { readonly electricity_tax_bps: number; readonly data_tax_bps: number; readonly power_trade_fee_bps: number; readonly max_open_contracts_per_agent: number }
  }

/** Of 100 turns, in how many an agent of a character sees to a public matter. */
const PUBLIC_SPIRIT: Readonly<Record<Character, number>> = { miner: 12, smelter: 10, builder: 10, trader: 20, diplomat: 70, raider: 15, explorer: 12 }
/** Of 100 invitations, how many are taken up. */
const SOCIABLE = 60
/** Of 100 turns in which a raider could make war, in how many it does. */
const WARLIKE = 30
/** Of 100 turns in which a diplomat could bring something before the council, in how many it does. */
const LEGISLATIVE = 10
const ALLIANCE_SIZE = 4
const INVITED_AT_ONCE = 3
const MAX_WAR_INTENSITY = 3
/** What declaring war of an intensity costs (research/original.md §1.7), with something left to come home. */
const warChest = (intensity: number): { electricity: number; data: number } => ({ electricity: 12 + 4 * intensity + 30, data: 8 + 3 * intensity })
/** What an agent keeps for itself when it gives to the public. */
const KEEPS = { electricity: 60, data: 8, iron_ore: 0 } as const
const VOTING_WINDOW = 20

/** What an agent does for or against others, or null. Pure. */
export function socialize(character: Character, citizen: Citizen, affairs: PublicAffairs, choose: Choices): SocialAction | null {
  return join(citizen, affairs, choose) ?? (choose(100) < PUBLIC_SPIRIT[character] ? serve(citizen, affairs, choose) : null) ?? lead(character, citizen, affairs, choose)
}

function join({ agent, alliance }: Citizen, { alliances, height }: PublicAffairs, choose: Choices): SocialAction | null {
  if (alliance !== null || choose(100) >= SOCIABLE) return null
  const inviting = alliances.find(({ record }) => record.war === null && record.invitations.some((invitation) => invitation.agent === agent && invitation.until_height > height))
  return inviting === undefined ? null : { kind: 'join_alliance', alliance_id: inviting.id }
}

/** Votes, and helps against what threatens everybody. */
function serve(citizen: Citizen, { councils, crises, height }: PublicAffairs, choose: Choices): SocialAction | null {
  const { votes, registered_at, data, electricity, cargo } = citizen
  const ballot = councils.find(({ id, record }) => height + 2 < record.closes_height && registered_at < record.opened_height && !votes.some(({ key, opened_height }) => key === id && opened_height === record.opened_height))
  if (ballot !== undefined) return { kind: 'cast_council_vote', key: ballot.id, option: ballot.record.options[choose(4) === 0 ? ballot.record.options.length - 1 : 0]!.name }
  for (const { id, record: { needs, required, contributed } } of crises) {
    const held = needs === 'electricity' ? electricity : needs === 'data' ? data : (cargo[needs] ?? 0)
    const spare = Math.min(required - contributed, held - KEEPS[needs])
    if (spare >= Math.max(1, Math.ceil(required / 16))) return { kind: 'resolve_crisis', crisis_id: id, amount: spare }
  }
  return null
}

function lead(character: Character, citizen: Citizen, affairs: PublicAffairs, choose: Choices): SocialAction | null {
  if (character !== 'diplomat' && character !== 'raider') return null
  const { alliance, acquaintances, agent, name } = citizen
  if (alliance === null) {
    if (acquaintances.length === 0) return null
    return { kind: 'form_alliance', name: character === 'raider' ? `${name}'s Raiders` : `League of ${name}`, invite: acquaintances.slice(0, INVITED_AT_ONCE) }
  }
  const { record } = alliance
  const pending = record.invitations.filter(({ until_height }) => until_height > affairs.height).map((invitation) => invitation.agent)
  const candidate = acquaintances.find((other) => !pending.includes(other) && !record.members.includes(other))
  if (record.war === null && record.members.length + pending.length < ALLIANCE_SIZE && candidate !== undefined) {
    return { kind: 'invite_to_alliance', alliance_id: alliance.id, agent: candidate }
  }
  return character === 'raider' ? raid(citizen, alliance, affairs, choose) : legislate(agent, affairs, choose)
}

function raid({ electricity, data }: Citizen, own: Known<AllianceRecord>, { alliances, wars, height }: PublicAffairs, choose: Choices): SocialAction | null {
  const atPeace = ({ record }: Known<AllianceRecord>): boolean => record.war === null && record.truce_until_height <= height && record.members.length > 1
  if (wars > 1 || !atPeace(own) || choose(100) >= WARLIKE) return null
  const victims = alliances.filter((other) => other.id !== own.id && atPeace(other))
  const intensity = 1 + choose(MAX_WAR_INTENSITY)
  const chest = warChest(intensity)
  if (victims.length === 0 || electricity < chest.electricity || data < chest.data) return null
  const { id, record } = victims[choose(victims.length)]!
  return { kind: 'declare_war', defender: id, objective: `the stores of ${record.name}`, intensity }
}

function legislate(agent: string, { councils, height }: PublicAffairs, choose: Choices): SocialAction | null {
  if (councils.length > 0 || choose(100) >= LEGISLATIVE) return null
  const tax = 50 * (1 + choose(8))
  return {
    kind: 'open_council_proposal', key: `tax-${height}-${agent.slice(-4)}`, title: `Taxes at ${tax} basis points`,
    description: 'Taxes on contracts fill the treasury that pays newcomers their start.',
    options: ['yes', 'no'], voting_window_blocks: VOTING_WINDOW, quorum_weight: 3, pass_threshold_bps: 5_000,
    policy: { electricity_tax_bps: tax, data_tax_bps: tax, power_trade_fee_bps: 100, max_open_contracts_per_agent: 8 },
  }
}
