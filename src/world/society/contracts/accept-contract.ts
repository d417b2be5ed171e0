import type { Value } from '../../../codec/index.ts'
import { defineAction } from '../../actions/action-rule.ts'
import { dataAccessKey } from '../../body/keys.ts'
import type { DataAccessRecord } from '../../body/records.ts'
import { reject } from '../../rejections.ts'
import type { StagedState, StateReader } from '../../state/state.ts'
import type { ContractAccepted } from '../events.ts'
import { readContract, readPolicy, readStanding } from '../read.ts'
import { acceptContractShape } from '../shapes.ts'
import { addOpenContract, maxStake } from './standing.ts'

/** A promise to deliver, with reputation at stake. */
export const acceptContract = defineAction({
  kind: 'accept_economic_contract',
  actors: 'agents',
  shape: acceptContractShape,
  override: null,
  fuel: 0,
  examine: ({ state, actor, agent, height }, { contract_id }) => {
    const contract = readContract(state, contract_id)
    if (contract === null) return reject('CONTRACT_NOT_FOUND', { contract_id })
    const { creator, counterparty, status, payment, reputation_stake, expires_height } = contract
    if (status !== 'open') return reject('CONTRACT_NOT_OPEN', { contract_id, status })
    if (height > expires_height) return reject('CONTRACT_EXPIRED', { contract_id, expires_height })
    if (creator === actor) return reject('SELF_CONTRACT')
    if (counterparty !== null && counterparty !== actor) return reject('NOT_CONTRACT_PARTY', { contract_id })
    const max = maxStake(state, actor)
    if (reputation_stake > max) return reject('STAKE_TOO_HIGH', { reputation_stake, max })
    const { open_contracts } = readStanding(state, actor)
    const { max_open_contracts_per_agent: limit } = readPolicy(state)
    if (open_contracts >= limit) return reject('CONTRACT_LIMIT', { agent: actor, open_contracts, limit })
    if (payment.resource === 'data' && !hasAccess(state, creator, actor)) return reject('NO_DATA_ACCESS', { owner: creator })
    return { facts: { creator, deliver: contract.deliver, payment, reputation_stake, reputation: agent!.reputation, open_contracts } }
  },
  conclude: ({ actor }, { contract_id }) => ({ event: 'contract.accepted', payload: { agent: actor, contract_id } }),
})

/** Asked once, at acceptance: access withdrawn later does not make a promise impossible to keep. */
function hasAccess(state: StateReader, owner: string, grantee: string): boolean {
  return ((state.get(dataAccessKey(owner)) as unknown as DataAccessRecord | null) ?? []).includes(grantee)
}

export function applyContractAccepted(state: StagedState, { agent, contract_id }: ContractAccepted): void {
  state.set(contract_id, { ...readContract(state, contract_id)!, counterparty: agent, status: 'accepted' } as unknown as Value)
  addOpenContract(state, agent)
}
