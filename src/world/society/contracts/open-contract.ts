import type { Value } from '../../../codec/index.ts'
import { defineAction } from '../../actions/action-rule.ts'
import { insufficient } from '../../actions/transfer-resource.ts'
import { freshId } from '../../industry/fresh-id.ts'
import { MATERIAL_KINDS } from '../../industry/materials.ts'
import { updateAgent } from '../../ledger.ts'
import { reject } from '../../rejections.ts'
import { isCrowded, scheduleAt } from '../../schedule.ts'
import { readAgent } from '../../state/read.ts'
import type { StagedState } from '../../state/state.ts'
import type { ContractOpened } from '../events.ts'
import { readPolicy, readStanding } from '../read.ts'
import type { ContractRecord } from '../records.ts'
import { openContractShape } from '../shapes.ts'
import { CONTRACT_END, endOf } from './close-contract.ts'
import { addOpenContract, maxStake } from './standing.ts'

/** An order for goods. The payment is put aside at once, so that whoever delivers will be paid. */
export const openContract = defineAction({
  kind: 'open_economic_contract',
  actors: 'agents',
  shape: openContractShape,
  override: null,
  fuel: 0,
  examine: (context, { counterparty, deliver, payment, reputation_stake, expires_in_blocks }) => {
    const { state, params, actor, agent, height } = context
    if (counterparty === actor) return reject('SELF_CONTRACT')
    if (counterparty !== null && readAgent(state, counterparty) === null) return reject('AGENT_NOT_FOUND', { agent: counterparty })
    if (!MATERIAL_KINDS.has(deliver.material)) return reject('MATERIAL_UNKNOWN', { material: deliver.material })
    const { contract_blocks_max: max_blocks } = params.society
    if (expires_in_blocks > max_blocks) return reject('CONTRACT_TERM_TOO_LONG', { expires_in_blocks, max: max_blocks })
    const expires_height = height + expires_in_blocks
    if (isCrowded(state, endOf({ expires_height }))) return reject('CONTRACT_TERM_CROWDED', { expires_height })
    const max = maxStake(state, actor)
    if (reputation_stake > max) return reject('STAKE_TOO_HIGH', { reputation_stake, max })
    const { open_contracts } = readStanding(state, actor)
    const { max_open_contracts_per_agent: limit } = readPolicy(state)
    if (open_contracts >= limit) return reject('CONTRACT_LIMIT', { agent: actor, open_contracts, limit })
    if (agent![payment.resource] < payment.amount) return insufficient(payment.resource, agent!, payment.amount)
    const contract_id = freshId(context, 'contract')
    if (contract_id === null) return reject('ID_TAKEN')
    return { facts: { contract_id, counterparty, deliver, payment, reputation_stake, reputation: agent!.reputation, open_contracts } }
  },
  conclude: ({ actor, agent, height }, { counterparty, deliver, payment, reputation_stake, expires_in_blocks, description }, { contract_id }) => ({
    event: 'contract.opened',
    payload: {
      agent: actor, contract_id, counterparty, deliver, payment, reputation_stake, description,
      place: agent!.location ?? agent!.motion!.to_asteroid, opened_height: height, expires_height: height + expires_in_blocks,
    },
    spends: { [payment.resource]: payment.amount },
  }),
})

export function applyContractOpened(state: StagedState, event: ContractOpened, eventId: string): void {
  const { agent, contract_id, counterparty, deliver, payment, reputation_stake, place, description, opened_height, expires_height } = event
  updateAgent(state, agent, { [payment.resource]: readAgent(state, agent)![payment.resource] - payment.amount })
  const contract: ContractRecord = {
    creator: agent, counterparty, status: 'open', deliver, payment, reputation_stake, place, description, opened_height, expires_height,
  }
  state.set(contract_id, contract as unknown as Value)
  addOpenContract(state, agent)
  scheduleAt(state, endOf(contract), { kind: CONTRACT_END, subject: contract_id, cause: eventId })
}
