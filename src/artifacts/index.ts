export { builtinModule, builtinModules } from './builtin.ts'
export type { BuiltinModule } from './builtin.ts'
export { ArtifactError } from './errors.ts'
export type { ArtifactErrorCode } from './errors.ts'
