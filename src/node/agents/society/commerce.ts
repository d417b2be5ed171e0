import type { Character } from '../character.ts'
import type { Choices } from '../choices.ts'
import { smallModule } from './small-module.ts'
import { ORES } from '../industry/recipes.ts'
import type { Citizen } from './citizen.ts'
import type { PublicAffairs } from './public-affairs.ts'

type Price = { readonly resource: 'electricity' | 'data'; readonly amount: number }

export type CommercialAction =
  | { readonly kind: 'move_agent'; readonly to: string }
  | {
    readonly kind: 'open_economic_contract'; readonly counterparty: null; readonly deliver: { readonly material: string; readonly amount: number }
    readonly payment: Price; readonly reputation_stake: number; readonly expires_in_blocks: number; readonly description: string
  }
  | { readonly kind: 'accept_economic_contract' | 'settle_economic_contract'; readonly contract_id: string }
  | { readonly kind: 'place_power_order'; readonly side: 'buy' | 'sell'; readonly amount: number; readonly limit_price: number }
  | { readonly kind: 'collect_data'; readonly blocks: number }
  | { readonly kind: 'deploy_module_artifact'; readonly wasm: Uint8Array }
  | { readonly kind: 'list_module_artifact_for_sale' | 'place_module_artifact_bid'; readonly wasm_hash: string; readonly price: Price }
  | { readonly kind: 'buy_module_artifact'; readonly wasm_hash: string }

/** Units asked for in one contract, what is paid for each, and for how long it stands. */
const ORDERED = 10
const PAID = { resource: 'electricity', amount: 12 } as const
const TERM_BLOCKS = 300
/** An agent sells electricity above this, and buys below. */
const RICH = 130
const POOR = 60
const TRADED = 15
const PRICES = 2
/** Data an agent keeps when it buys. */
const DATA_KEPT = 10
const SURVEY_BLOCKS = 4
const ARTIFACT_PRICE = 4

export interface Merchant extends Citizen {
  readonly open_orders: number
  readonly artifacts: readonly string[]
}

/** What an agent buys, sells or delivers, or null. Pure. */
export function trade(character: Character, merchant: Merchant, affairs: PublicAffairs, choose: Choices): CommercialAction | null {
  return deliver(merchant, affairs) ?? attend(merchant, affairs) ?? accept(merchant, affairs, choose) ?? offer(character, merchant, affairs, choose)
}

/** Brings what it promised to where it is expected. */
function deliver({ agent, cargo, here, whereabouts }: Merchant, { contracts }: PublicAffairs): CommercialAction | null {
  for (const { id, record: { counterparty, status, deliver: { material, amount }, creator, place } } of contracts) {
    if (counterparty !== agent || status !== 'accepted' || (cargo[material] ?? 0) < amount) continue
    if (whereabouts.get(creator) === here) return { kind: 'settle_economic_contract', contract_id: id }
    if (place !== here) return { kind: 'move_agent', to: place }
  }
  return null
}

/** Goes to where it promised to be when somebody is to bring it something. */
function attend({ agent, here, electricity }: Merchant, { contracts }: PublicAffairs): CommercialAction | null {
  const due = contracts.find(({ record: { creator, status } }) => creator === agent && status === 'accepted')
  return due === undefined || due.record.place === here || electricity < POOR ? null : { kind: 'move_agent', to: due.record.place }
}

/** Takes on what it could deliver at once, one contract at a time. */
function accept({ agent, cargo }: Merchant, { contracts, height }: PublicAffairs, choose: Choices): CommercialAction | null {
  if (choose(3) > 0 || contracts.some(({ record }) => record.counterparty === agent)) return null
  const fitting = contracts.find(({ record: { creator, counterparty, status, deliver: { material, amount }, expires_height } }) => (
    status === 'open' && creator !== agent && counterparty === null && (cargo[material] ?? 0) >= amount && expires_height > height + TERM_BLOCKS / 6
  ))
  return fitting === undefined ? null : { kind: 'accept_economic_contract', contract_id: fitting.id }
}

function offer(character: Character, merchant: Merchant, affairs: PublicAffairs, choose: Choices): CommercialAction | null {
  if (character === 'explorer' && choose(100) < 25) return { kind: 'collect_data', blocks: SURVEY_BLOCKS }
  if (character !== 'trader') return choose(100) < 3 ? orderPower(merchant, choose) : null
  switch (choose(12)) {
    case 0:
    case 1:
      return order(merchant, affairs, choose)
    case 2:
    case 3:
      return orderPower(merchant, choose)
    case 4:
      return { kind: 'collect_data', blocks: SURVEY_BLOCKS }
    case 5:
      return dealInArtifacts(merchant, affairs)
    default:
      return null
  }
}

/** Orders ore, unless it waits for some already. */
function order({ agent, electricity }: Merchant, { contracts }: PublicAffairs, choose: Choices): CommercialAction | null {
  if (electricity < POOR + PAID.amount || contracts.some(({ record }) => record.creator === agent)) return null
  const ores = ['iron_ore', 'copper_ore', 'carbon_fuel', 'silicate_ore'].filter((ore) => ore in ORES)
  const material = ores[choose(ores.length)]!
  return {
    kind: 'open_economic_contract', counterparty: null, deliver: { material, amount: ORDERED }, payment: PAID, reputation_stake: 1,
    expires_in_blocks: TERM_BLOCKS, description: `${ORDERED} units of ${material}, brought to me`,
  }
}

function orderPower({ electricity, data, open_orders }: Merchant, choose: Choices): CommercialAction | null {
  if (open_orders > 1) return null
  const limit_price = 1 + choose(PRICES)
  if (electricity > RICH) return { kind: 'place_power_order', side: 'sell', amount: TRADED, limit_price }
  const affordable = Math.min(TRADED, Math.floor((data - DATA_KEPT) / limit_price))
  return electricity < POOR * 2 && affordable > 0 ? { kind: 'place_power_order', side: 'buy', amount: affordable, limit_price } : null
}

/** Deploys a module of its own, offers it, and buys what others offer. */
function dealInArtifacts({ agent, artifacts, data, electricity }: Merchant, affairs: PublicAffairs): CommercialAction | null {
  const price = { resource: 'data', amount: ARTIFACT_PRICE } as const
  const offered = affairs.artifacts.find(({ record: { listing, owner } }) => owner !== agent && listing !== null && listing.resource === 'data' && listing.amount + DATA_KEPT <= data)
  if (offered !== undefined) return { kind: 'buy_module_artifact', wasm_hash: offered.id.slice('artifact/'.length) }
  const own = affairs.artifacts.find(({ record: { listing, owner } }) => owner === agent && listing === null)
  if (own !== undefined) return { kind: 'list_module_artifact_for_sale', wasm_hash: own.id.slice('artifact/'.length), price }
  const wanted = affairs.artifacts.find(({ record: { listing, owner, bids } }) => owner !== agent && listing === null && bids.length === 0)
  if (wanted !== undefined && data >= ARTIFACT_PRICE + DATA_KEPT) return { kind: 'place_module_artifact_bid', wasm_hash: wanted.id.slice('artifact/'.length), price }
  return artifacts.length === 0 && electricity > POOR ? { kind: 'deploy_module_artifact', wasm: smallModule(agent) } : null
}
