import { CodecError, decodeCanonical, equalBytes } from '../codec/index.ts'
import { EFFECT_POLICIES_KEY, EFFECT_QUEUE_KEY } from './effects/keys.ts'
import { KernelError } from './errors.ts'
import { CLOSED_PROPOSALS_KEY, MANIFEST_KEY, OPEN_PROPOSALS_KEY } from './governance/keys.ts'
import { readCheckpointSummary, readClosedProposals, readOpenProposals, readProposal } from './governance/records.ts'
import { whyNotWhole } from './modules/active-modules.ts'
import type { ModuleBytes } from './modules/module-bytes.ts'
import { AGENT_PREFIX, CONFIG_KEY, CURRENT_VALIDATORS_KEY, HEAD_KEY, MODULE_PREFIX, NEXT_VALIDATORS_KEY, SIGNER_PREFIX, TREASURY_KEY } from './state/keys.ts'
import { ArtifactIdentityError, verifyArtifactIdentity } from './modules/artifact-identity.ts'
import { readCheckpoints, readHead } from './state/read.ts'
import type { ModuleRecord, SignerRecord } from './state/records.ts'
import { parseRecord } from './state/parse-record.ts'
import { CommittedState, hashKey, makeItem } from './state/state.ts'
import type { StateItem } from './state/state.ts'
import type { StateEntry } from './types.ts'

/** A record as stored or received, decoded strictly and checked against the shape its key has. Throws `BAD_STATE`. */
export function readEntry({ key, value }: StateEntry, keyHash: Uint8Array): StateItem {
  try {
    return makeItem(key, parseRecord(key, decodeCanonical(value)), value, keyHash)
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
    throw new KernelError('BAD_STATE', `The record under "${key.slice(0, 80)}" is damaged (${error.message}). Load the state from a snapshot.`, { key: key.slice(0, 80) }, { cause: error })
  }
}

/**
 * A committed state from its records. `config` is that of the genesis, `bytes` are where the bytes of modules are found.
 * Throws `BAD_STATE` or `WRONG_STATE_ROOT`.
 */
export function loadState(entries: Iterable<StateEntry>, head: { readonly height: number; readonly state_root: Uint8Array }, bytes: ModuleBytes, config: StateItem): CommittedState {
  const items = new Map<string, StateItem>()
  for (const entry of entries) {
    if (typeof entry.key !== 'string' || items.has(entry.key)) throw new KernelError('BAD_STATE', 'A state key occurs twice. Load the state from a snapshot.')
    items.set(entry.key, readEntry(entry, hashKey(entry.key)))
  }
  const state = new CommittedState(head.height, items.values())
  if (!equalBytes(state.rootHash, head.state_root)) {
    throw new KernelError('WRONG_STATE_ROOT', `The records do not give the state root of height ${head.height}. Load the state from a snapshot.`, { height: head.height })
  }
  assertWhole(state, head.height, bytes, config)
  return state
}

/** A root says the records are the agreed ones only as far as its certificate does; these checks keep a wrong one from doing harm here. */
function assertWhole(state: CommittedState, height: number, bytes: ModuleBytes, config: StateItem): void {
  const bad = (message: string, cause?: unknown): never => {
    throw new KernelError('BAD_STATE', `${message} Use a state of this world.`, {}, cause === undefined ? {} : { cause })
  }
  const own = state.item(CONFIG_KEY)
  if (own === undefined || !equalBytes(own.value, config.value)) bad('The records are those of another world.')
  for (const key of [HEAD_KEY, TREASURY_KEY, CURRENT_VALIDATORS_KEY, NEXT_VALIDATORS_KEY, EFFECT_POLICIES_KEY, EFFECT_QUEUE_KEY, MANIFEST_KEY]) if (state.get(key) === null) bad(`The record "${key}" is missing.`)
  const { height: at, agent_count } = readHead(state)
  if (at !== height) bad(`The records are those of height ${at}, not ${height}.`)
  if (state.keys().filter((key) => key.startsWith(AGENT_PREFIX)).length !== agent_count) bad('Agents are missing.')
  if (readCheckpoints(state).some((checkpoint) => readCheckpointSummary(state, checkpoint.height) === null)) bad('The summary of a checkpoint is missing.')
  assertIdentities(state, bad)
  const problem = whyNotWhole(state, bytes)
  if (problem !== null) bad(problem)
  for (const [key, ids] of [[OPEN_PROPOSALS_KEY, readOpenProposals(state)], [CLOSED_PROPOSALS_KEY, readClosedProposals(state)]] as const) {
    if (ids.some((id) => readProposal(state, id) === null)) bad(`A proposal listed in "${key}" is missing.`)
  }
}

/** Loading refuses what registration would refuse: every module must be signed by someone this state trusts. */
function assertIdentities(state: CommittedState, bad: (message: string, cause: unknown) => never): void {
  const record = <T>(key: string): T => state.get(key) as T
  const signers = new Map(state.keys().filter((key) => key.startsWith(SIGNER_PREFIX)).map((key) => [key.slice(SIGNER_PREFIX.length), record<SignerRecord>(key).public_key]))
  for (const key of state.keys()) {
    if (!key.startsWith(MODULE_PREFIX)) continue
    try {
      verifyArtifactIdentity(record<ModuleRecord>(key).manifest, signers)
    } catch (error) {
      if (!(error instanceof ArtifactIdentityError)) throw error
      bad(error.message, error)
    }
  }
}
