import { defineAction } from '../../actions/action-rule.ts'
import { slotCounts } from '../../body/slots.ts'
import { cargoCapacity, cargoUsed, putIntoCargo, takeFromCargo, whyMissing } from '../../industry/cargo.ts'
import { payTreasury, updateAgent } from '../../ledger.ts'
import { MAX_AMOUNT } from '../../params.ts'
import { reject } from '../../rejections.ts'
import { readAgent } from '../../state/read.ts'
import type { StagedState } from '../../state/state.ts'
import type { ContractSettled } from '../events.ts'
import type { GameplayPolicy } from '../params.ts'
import { readContract, readPolicy, readStanding } from '../read.ts'
import type { Payment } from '../records.ts'
import { changeReputation } from '../reputation.ts'
import { settleContractShape } from '../shapes.ts'
import { closeContract } from './close-contract.ts'
import { gainOf, noteOver, noteSettled } from './standing.ts'

/** Goods handed over where both are docked, and paid. The kernel looks into the holds itself: nobody declares a delivery. */
export const settleContract = defineAction({
  kind: 'settle_economic_contract',
  actors: 'agents',
  shape: settleContractShape,
  override: null,
  fuel: 0,
  examine: ({ state, actor, agent, height }, { contract_id }) => {
    const contract = readContract(state, contract_id)
    if (contract === null) return reject('CONTRACT_NOT_FOUND', { contract_id })
    const { creator, counterparty, status, deliver, payment, expires_height } = contract
    if (status !== 'accepted') return reject('CONTRACT_NOT_ACCEPTED', { contract_id, status })
    if (counterparty !== actor) return reject('NOT_CONTRACT_PARTY', { contract_id })
    if (height > expires_height) return reject('CONTRACT_EXPIRED', { contract_id, expires_height })
    const recipient = readAgent(state, creator)!
    if (agent!.location === null || agent!.location !== recipient.location) return reject('NOT_CO_LOCATED', { agent: creator })
    const missing = whyMissing(agent!.materials, { [deliver.material]: deliver.amount })
    if (missing !== null) return missing
    return {
      facts: {
        creator, deliver, payment, material: deliver.material, amount: deliver.amount, asteroid: agent!.location,
        // Of the recipient, whose hold must take the goods.
        cargo_used: cargoUsed(recipient), cargo_slots: slotCounts(state, creator).cargo,
      },
    }
  },
  conclude: ({ state, params, actor, agent, height }, { contract_id }, { creator, deliver, payment, cargo_used }, ruling) => {
    const { reputation_stake } = readContract(state, contract_id)!
    const cargo_capacity = cargoCapacity({ params }, ruling)
    if (cargo_used + deliver.amount > cargo_capacity) return reject('CARGO_FULL', { used: cargo_used, amount: deliver.amount, capacity: cargo_capacity })
    const tax = taxOf(readPolicy(state), payment)
    const capacity = payment.resource === 'electricity' ? (ruling.storageLimit ?? params.electricity_capacity) : MAX_AMOUNT
    const balance = agent![payment.resource]
    if (balance + payment.amount - tax > capacity) return reject('STORAGE_FULL', { balance, amount: payment.amount - tax, capacity })
    const gain = (who: string, partner: string): number => gainOf(state, params.society, height, who, partner, payment.amount, reputation_stake)
    return {
      event: 'contract.settled',
      payload: {
        agent: actor, creator, contract_id, deliver, payment, tax, height,
        creator_reputation: gain(creator, actor), counterparty_reputation: gain(actor, creator),
        counterparty_settled: readStanding(state, actor).settled + 1,
      },
    }
  },
})

function taxOf({ electricity_tax_bps, data_tax_bps }: GameplayPolicy, { resource, amount }: Payment): number {
  return Math.floor((amount * (resource === 'electricity' ? electricity_tax_bps : data_tax_bps)) / 10_000)
}

export function applyContractSettled(state: StagedState, event: ContractSettled): void {
  const { agent, creator, contract_id, deliver, payment, tax, creator_reputation, counterparty_reputation, height } = event
  takeFromCargo(state, agent, { [deliver.material]: deliver.amount })
  putIntoCargo(state, creator, { [deliver.material]: deliver.amount })
  updateAgent(state, agent, { [payment.resource]: readAgent(state, agent)![payment.resource] + payment.amount - tax })
  if (payment.resource === 'electricity') payTreasury(state, tax, 0)
  else payTreasury(state, 0, tax)
  for (const [who, partner, gained] of [[agent, creator, counterparty_reputation], [creator, agent, creator_reputation]] as const) {
    changeReputation(state, who, gained)
    noteSettled(state, height, who, partner, gained)
    noteOver(state, who)
  }
  closeContract(state, contract_id, 'settled')
}
