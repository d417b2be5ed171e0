// A door of its own, apart from the folder's: a node must not load the simulator with consensus.
export { MUTANTS } from './mutants.ts'
export type { MutantName } from './mutants.ts'
export { STRATEGIES } from './adversary.ts'
export type { Strategy } from './adversary.ts'
export type { Violation, ViolationKind } from './observer.ts'
export { simulate } from './simulate.ts'
export type { SimulationOptions, SimulationReport } from './simulate.ts'
export type { Scenario } from './scenario.ts'
