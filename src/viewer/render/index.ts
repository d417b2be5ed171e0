export { createRendererClient } from './client.ts'
export type * from './contract.ts'
