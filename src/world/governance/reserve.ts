import type { StateReader } from '../state/state.ts'
import { signerActor } from './keys.ts'
import { readManifest } from './records.ts'

/** The votes of all signers and guardians in one block, or a proposal about some modules. */
const RESERVED_FUEL = 64_000_000
/** Where the fuel of a block is less than usual. */
const RESERVED_SHARE = 4

/** Fuel of a block that neither modules nor others may use up: a module that burns whatever it gets must leave enough to vote it out. */
export function governanceReserve(state: StateReader, fuelLimit: number): number {
  return readManifest(state).governance.signers.length === 0 ? 0 : Math.min(RESERVED_FUEL, Math.floor(fuelLimit / RESERVED_SHARE))
}

/** Whether an actor is one of those the reserve is for. */
export function governs(state: StateReader, actor: string): boolean {
  const { signers, guardians } = readManifest(state).governance
  return signers.some(({ signer_id }) => signerActor(signer_id) === actor) || guardians.some(({ guardian_id }) => signerActor(guardian_id) === actor)
}
