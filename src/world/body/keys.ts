/** Of an agent's own records: its id without prefix. */
const hexOf = (agentId: string): string => agentId.slice(agentId.indexOf('/') + 1)

/** Absent while the body is as every body begins. */
export const bodyKey = (agentId: string): string => `body/${hexOf(agentId)}`
export const surveyKey = (agentId: string): string => `survey/${hexOf(agentId)}`
export const dataAccessKey = (agentId: string): string => `data_access/${hexOf(agentId)}`
