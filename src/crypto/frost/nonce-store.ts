/**
 * Where a signer keeps the nonces it has promised to use. One used for two signatures gives the key share away, so the store is what stands
 * between a crash and the loss of the key: never back it up, copy it or restore it from an image of a machine.
 */
export interface NonceStore {
  /** Keeps a secret under an id. Resolves once it would survive a crash; a store that keeps nothing across crashes does as well. */
  put(id: string, nonces: Uint8Array): Promise<void>
  /**
   * Gives what was kept and forgets it in one step, which no crash and no other caller can come between. Resolves only once the removal
   * would survive a crash; null when nothing is kept under the id, now or any more.
   */
  take(id: string): Promise<Uint8Array | null>
}

/** Keeps nonces in memory: what a crash or restart interrupts is signed anew with others. At most `capacity`, the oldest go first. */
export function createMemoryNonceStore(capacity = 1_024): NonceStore {
  const kept = new Map<string, Uint8Array>()
  return {
    put: async (id, nonces) => {
      kept.set(id, nonces.slice())
      if (kept.size <= capacity) return
      const oldest = kept.keys().next().value!
      kept.get(oldest)!.fill(0)
      kept.delete(oldest)
    },
    take: async (id) => {
      const nonces = kept.get(id) ?? null
      kept.delete(id)
      return nonces
    },
  }
}
