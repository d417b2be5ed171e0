import { AppError, utf8Bytes } from '../codec/index.ts'
import type { NodeStorage } from '../storage/index.ts'
import { highestVoted } from './wal.ts'

/** Where storage keeps it: written before anything damaged is dropped, since afterwards nobody knows any more. */
const META_NAME = 'votes.silent-through'

/**
 * The height up to which this validator must not vote: it may have signed there what it no longer remembers (DESIGN §3.3).
 * 0 when its memory is whole.
 */
export async function silentThrough(storage: NodeStorage): Promise<number> {
  const stored = await storage.getMeta(META_NAME)
  return stored === null ? 0 : Number(new TextDecoder().decode(stored))
}

/** Raises the height up to which nothing is signed; it never falls. Returns the height in force. */
export async function keepSilentThrough(storage: NodeStorage, height: number): Promise<number> {
  const before = await silentThrough(storage)
  if (height <= before) return before
  await storage.setMeta(META_NAME, utf8Bytes(String(height)))
  return height
}

/**
 * Drops unreadable records of the votes-WAL, if any. `decided` is the highest height known to be decided: the validator may have voted
 * at the one after. Returns what was wrong, or null.
 */
export async function repairVotes(storage: NodeStorage, decided: number): Promise<string | null> {
  try {
    await storage.walRead()
    return null
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'WAL_DAMAGED') throw error
    await keepSilentThrough(storage, decided + 1)
    const discarded = await storage.walDiscardDamaged()
    const through = await keepSilentThrough(storage, Math.max(discarded, await highestVoted(storage)))
    return `${error.message} It is silent up to height ${through}.`
  }
}

/**
 * After the stored world was damaged, the chain may go on from further back: heights voted at before come again. With its log intact,
 * the validator remembers its votes of the last height it voted at, and of no other.
 */
export async function silenceAfterDamage(storage: NodeStorage, decided: number): Promise<number> {
  return keepSilentThrough(storage, Math.max(decided, (await highestVoted(storage)) - 1))
}

/**
 * Looks at the votes-WAL before anything may be signed. `damaged`: the stored world was, and the chain may begin further back.
 * Returns the height up to which this validator keeps silent.
 */
export async function prepareVotes(storage: NodeStorage, head: number, damaged: boolean, log: (message: string) => void): Promise<number> {
  const decided = Math.max(head, (await storage.head())?.height ?? 0)
  const problem = await repairVotes(storage, decided)
  if (problem !== null) log(problem)
  if (damaged) await silenceAfterDamage(storage, decided)
  return silentThrough(storage)
}
