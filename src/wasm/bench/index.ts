export { benchMetering } from './metering.ts'
export type { MeteringBenchOptions, MeteringFigures, WorkloadFigures } from './metering.ts'
export { benchExecutor } from './executor.ts'
export type { ExecutorFigures } from './executor.ts'
