import type { ValidatorSet } from '../../codec/index.ts'
import { CHECKPOINTS_KEY, CONFIG_KEY, CURRENT_VALIDATORS_KEY, HEAD_KEY, moduleInstanceKey, moduleKey, moduleStateKey, NEXT_VALIDATORS_KEY, OVERDUE_KEY, scheduleKey, TREASURY_KEY } from './keys.ts'
import type { AgentRecord, AsteroidRecord, Checkpoint, ConfigRecord, HeadRecord, ModuleInstanceRecord, ModuleRecord, Overdue, SchedulePage, Treasury, ValidatorRecord } from './records.ts'
import type { StateReader } from './state.ts'

// The type of a record follows from its key: records enter the state only from events and from `parseRecord`.

export const readAgent = (state: StateReader, id: string): AgentRecord | null => state.get(id) as unknown as AgentRecord | null
export const readAsteroid = (state: StateReader, id: string): AsteroidRecord | null => state.get(id) as unknown as AsteroidRecord | null
export const readValidator = (state: StateReader, actor: string): ValidatorRecord | null => state.get(actor) as unknown as ValidatorRecord | null
export const readModule = (state: StateReader, moduleId: string): ModuleRecord | null => state.get(moduleKey(moduleId)) as unknown as ModuleRecord | null
export const readModuleInstance = (state: StateReader, instanceId: string): ModuleInstanceRecord | null => state.get(moduleInstanceKey(instanceId)) as unknown as ModuleInstanceRecord | null
export const readModuleState = (state: StateReader, instanceId: string): Uint8Array | null => state.get(moduleStateKey(instanceId)) as Uint8Array | null
export const readSchedulePage = (state: StateReader, height: number, page: number): SchedulePage | null => state.get(scheduleKey(height, page)) as unknown as SchedulePage | null
export const readOverdue = (state: StateReader): Overdue | null => state.get(OVERDUE_KEY) as unknown as Overdue | null
export const readCheckpoints = (state: StateReader): readonly Checkpoint[] => (state.get(CHECKPOINTS_KEY) ?? []) as unknown as readonly Checkpoint[]

// These are there from genesis on.
export const readConfig = (state: StateReader): ConfigRecord => state.get(CONFIG_KEY) as unknown as ConfigRecord
export const readHead = (state: StateReader): HeadRecord => state.get(HEAD_KEY) as unknown as HeadRecord
export const readTreasury = (state: StateReader): Treasury => state.get(TREASURY_KEY) as unknown as Treasury
export const readCurrentValidators = (state: StateReader): ValidatorSet => state.get(CURRENT_VALIDATORS_KEY) as unknown as ValidatorSet
export const readNextValidators = (state: StateReader): ValidatorSet => state.get(NEXT_VALIDATORS_KEY) as unknown as ValidatorSet
