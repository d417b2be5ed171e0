export { benchStateUpdate } from './state-update.ts'
export type { StateUpdateFigures } from './state-update.ts'
export { benchTransferBlock } from './transfer-block.ts'
export type { TransferBlockFigures } from './transfer-block.ts'
