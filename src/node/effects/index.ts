/** Effects of modules carried out by a validator in Node.js; kept out of `node/index.ts` so that no browser bundle sees it. */
export { createAllowList } from './allow-list.ts'
export { openEffectJournal } from './journal.ts'
export type { EffectJournal } from './journal.ts'
export { EffectRunner } from './runner.ts'
export type { EffectHost, EffectRunnerInit } from './runner.ts'
