export { PageNode } from './page-node.ts'
export type { PageNodeInit } from './page-node.ts'
