import { stored } from './stored.ts'

/** Asks for the comparison on a second device before every signature, not only before those that change who has power. */
export const alwaysStrict = stored('agent-world/always-strict/v1', (entry) => entry === 'true')
