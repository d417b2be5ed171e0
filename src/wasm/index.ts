export { ExecutorHostFault, WasmError } from './errors.ts'
export type { WasmErrorCode } from './errors.ts'
export { DEFAULT_LIMITS } from './limits.ts'
export type { ModuleLimits } from './limits.ts'
export { INTERFACE_VERSION } from './abi-types.ts'
export type {
  AbiVersion, ModuleCallContext, ModuleCallInput, ModuleEffect, ModuleEmit, ModuleOutput, ModuleTickLifecycle,
} from './abi-types.ts'
export type {
  CallLimits, Executor, ExecutorConfig, ExecutorStats, ModuleCall, ModuleCallErrorCode, ModuleCallFailure, ModuleCallResult,
} from './executor-types.ts'
