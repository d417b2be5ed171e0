import { defineAction } from '../../actions/action-rule.ts'
import { credit } from '../../market/power-book.ts'
import { reject } from '../../rejections.ts'
import type { StagedState } from '../../state/state.ts'
import type { ContractCancelled } from '../events.ts'
import { readContract } from '../read.ts'
import { cancelContractShape } from '../shapes.ts'
import { closeContract } from './close-contract.ts'
import { noteOver } from './standing.ts'

/** Takes back an order nobody has accepted, and the payment with it. */
export const cancelContract = defineAction({
  kind: 'cancel_economic_contract',
  actors: 'agents',
  shape: cancelContractShape,
  override: null,
  fuel: 0,
  examine: ({ state, actor }, { contract_id }) => {
    const contract = readContract(state, contract_id)
    if (contract === null) return reject('CONTRACT_NOT_FOUND', { contract_id })
    if (contract.creator !== actor) return reject('NOT_CONTRACT_PARTY', { contract_id })
    if (contract.status !== 'open') return reject('CONTRACT_NOT_OPEN', { contract_id, status: contract.status })
    return { facts: { payment: contract.payment } }
  },
  conclude: ({ params, actor }, { contract_id }, { payment }, { storageLimit }) => ({
    event: 'contract.cancelled', payload: { agent: actor, contract_id, refunded: payment, capacity: storageLimit ?? params.electricity_capacity },
  }),
})

export function applyContractCancelled(state: StagedState, { agent, contract_id, refunded, capacity }: ContractCancelled): void {
  credit(state, agent, refunded.resource, refunded.amount, capacity)
  noteOver(state, agent)
  closeContract(state, contract_id, 'cancelled')
}
