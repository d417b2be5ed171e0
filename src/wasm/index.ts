export { ExecutorHostFault, ModuleHashMismatch, WasmError } from './errors.ts'
export type { WasmErrorCode } from './errors.ts'
export { exportNames } from './export-names.ts'
export { DEFAULT_LIMITS, PAGE_BYTES } from './limits.ts'
export type { ModuleLimits } from './limits.ts'
export { MAX_FUEL, METER_VERSION } from './costs.ts'
export { instrumentModule, validateModule } from './instrument.ts'
export type { ModuleOptions, ValidationError, ValidationResult } from './instrument.ts'
export { INTERFACE_VERSION } from './abi-types.ts'
export type {
  AbiVersion, ModuleCallContext, ModuleCallInput, ModuleEffect, ModuleEmit, ModuleOutput, ModuleTickLifecycle,
} from './abi-types.ts'
export { decodeModuleInput, decodeModuleOutput, encodeModuleInput, encodeModuleOutput } from './abi.ts'
export { createExecutor } from './executor.ts'
export type {
  CallLimits, Executor, ExecutorConfig, ExecutorStats, ModuleCall, ModuleCallErrorCode, ModuleCallFailure, ModuleCallResult,
} from './executor-types.ts'
export type { ModuleUsage, Usage } from './module-usage.ts'
export { callModule } from './call-module.ts'
export type { TypedModuleCall, TypedModuleResult } from './call-module.ts'
