import type { Value } from '../../../codec/index.ts'
import { unschedule } from '../../schedule.ts'
import type { StagedState } from '../../state/state.ts'
import { RECENT_CONTRACTS_KEY } from '../keys.ts'
import { readContract } from '../read.ts'
import type { ContractRecord } from '../records.ts'
import { retire } from '../recent.ts'

/** What is scheduled for a contract: the end of its term. */
export const CONTRACT_END = 'contract_end'

/** First height at which it is too late. */
export function endOf({ expires_height }: Pick<ContractRecord, 'expires_height'>): number {
  return expires_height + 1
}

/** A contract is over, one way or another: nothing is due for it any more. */
export function closeContract(state: StagedState, contract_id: string, status: 'settled' | 'cancelled' | 'expired'): void {
  const contract = readContract(state, contract_id)!
  unschedule(state, endOf(contract), CONTRACT_END, contract_id)
  state.set(contract_id, { ...contract, status } as unknown as Value)
  retire(state, RECENT_CONTRACTS_KEY, contract_id)
}
