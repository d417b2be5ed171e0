import { slotCounts } from '../../body/slots.ts'
import { cargoUsed, whyMissing } from '../../industry/cargo.ts'
import { credit } from '../../market/power-book.ts'
import type { WorldParams } from '../../params.ts'
import type { DueHandler } from '../../part.ts'
import { readAgent } from '../../state/read.ts'
import type { StagedState, StateReader } from '../../state/state.ts'
import type { ContractExpired } from '../events.ts'
import { readContract } from '../read.ts'
import type { ContractRecord } from '../records.ts'
import { changeReputation } from '../reputation.ts'
import { closeContract } from './close-contract.ts'
import { noteFailed, noteOver } from './standing.ts'

/** The term is over. The payment goes back; if somebody had promised to deliver, whoever broke the promise loses its stake. */
export const contractEnd: DueHandler = ({ state, params, height }, { subject: contract_id }) => {
  const contract = readContract(state, contract_id)
  if (contract === null || height <= contract.expires_height || (contract.status !== 'open' && contract.status !== 'accepted')) return []
  const { creator, counterparty, payment, reputation_stake, status } = contract
  const blamed = status === 'accepted' ? whoBroke(state, params, contract) : null
  const loss = (agentId: string): number => (agentId === blamed ? 0 - Math.min(reputation_stake, readAgent(state, agentId)!.reputation) : 0)
  return [{
    event: 'contract.expired',
    payload: {
      contract_id, creator, counterparty, blamed, refunded: payment, capacity: params.electricity_capacity,
      creator_reputation: loss(creator), counterparty_reputation: counterparty === null ? 0 : loss(counterparty),
    },
  }]
}

/**
 * The counterparty, unless it waits with the goods where the creator promised to be: then the creator if it is not there, and nobody if it
 * is but may have had no room for them. How much it can carry is for modules to say, when they are asked.
 */
function whoBroke(state: StateReader, params: WorldParams, { creator, counterparty, place, deliver }: ContractRecord): string | null {
  const deliverer = readAgent(state, counterparty!)!
  const waits = deliverer.location === place && whyMissing(deliverer.materials, { [deliver.material]: deliver.amount }) === null
  if (!waits) return counterparty!
  const recipient = readAgent(state, creator)!
  if (recipient.location !== place) return creator
  const hasRoom = slotCounts(state, creator).cargo > 0 && cargoUsed(recipient) + deliver.amount <= params.industry.cargo_capacity
  return hasRoom ? counterparty! : null
}

export function applyContractExpired(state: StagedState, event: ContractExpired): void {
  const { contract_id, creator, blamed, refunded, capacity, creator_reputation, counterparty_reputation } = event
  const contract = readContract(state, contract_id)!
  credit(state, creator, refunded.resource, refunded.amount, capacity)
  noteOver(state, creator)
  if (contract.status === 'accepted') {
    noteOver(state, contract.counterparty!)
    changeReputation(state, creator, creator_reputation)
    changeReputation(state, contract.counterparty!, counterparty_reputation)
  }
  if (blamed !== null) noteFailed(state, blamed)
  closeContract(state, contract_id, 'expired')
}
