import { agentIdOf } from '../../codec/index.ts'
import { createSigner, publicKeyOf } from '../../crypto/index.ts'
import type { Signer } from '../../crypto/index.ts'
import { agentSeed } from './keys.ts'
import { agentName } from './names.ts'

/** What the runner keeps of one agent: its key, and the action it waits for. Everything else is in the state. */
export interface AgentMind {
  readonly index: number
  readonly id: string
  readonly name: string
  readonly signer: Signer
  /** The nonce of the action on its way and the last height it may execute at; null when none is. */
  pending: { readonly nonce: number; readonly valid_until_height: number } | null
  /** Others count on it being here up to this height: it does not act before. */
  awaited_until: number
}

/** Keys are worked out when an agent first acts: ten thousand at once would stop everything for seconds. */
export class Minds {
  private readonly master: Uint8Array
  private readonly known = new Map<number, AgentMind>()
  private readonly knownById = new Map<string, AgentMind>()

  constructor(master: Uint8Array) {
    this.master = master
  }

  get(index: number): AgentMind {
    let mind = this.known.get(index)
    if (mind === undefined) {
      const seed = agentSeed(this.master, index)
      mind = { index, id: agentIdOf(publicKeyOf(seed)), name: agentName(index), signer: createSigner(seed), pending: null, awaited_until: 0 }
      seed.fill(0)
      this.known.set(index, mind)
      this.knownById.set(mind.id, mind)
    }
    return mind
  }

  /** One that has acted or was looked at before. */
  byId(id: string): AgentMind | undefined {
    return this.knownById.get(id)
  }
}
