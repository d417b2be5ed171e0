export { benchInterrupt } from './interrupt.ts'
export type { InterruptFigures } from './interrupt.ts'
