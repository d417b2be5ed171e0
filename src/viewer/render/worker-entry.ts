/** What the render worker's entry file needs; kept apart from `index.ts` so that the page does not load the painter. */
export type { FromRenderer, ToRenderer } from './protocol.ts'
export { RenderWorker } from './render-worker.ts'
