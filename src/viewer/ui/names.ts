/** Names of agents, learned from what this tab verified. A name unknown is asked for once, when something on screen needs it. */
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { whenNode } from '../node-client/client.ts'
import { shortAgent } from '../i18n/index.ts'

/** Names kept; far more than fit on any screen. */
const MAX_NAMES = 20_000
/** Lookups under way at once: names must not crowd out what the user asked for. */
const PARALLEL = 4

const namesStore = createStore<{ readonly names: ReadonlyMap<string, string> }>(() => ({ names: new Map() }))
const asked = new Set<string>()
const queue: string[] = []
let active = 0

export function learnNames(entries: Iterable<readonly [id: string, name: string]>): void {
  const { names } = namesStore.getState()
  const fresh = [...entries].filter(([id, name]) => name !== '' && names.get(id) !== name)
  if (fresh.length === 0) return
  const merged = new Map([...names, ...fresh])
  namesStore.setState({ names: merged.size > MAX_NAMES ? new Map([...merged].slice(-MAX_NAMES)) : merged })
}

export const knownNames = (): ReadonlyMap<string, string> => namesStore.getState().names

function ask(id: string): void {
  if (asked.has(id) || !/^agent\/[0-9a-f]{32}$/.test(id)) return
  asked.add(id)
  queue.push(id)
  while (active < PARALLEL && queue.length > 0) void lookUp(queue.pop()!)
}

async function lookUp(id: string): Promise<void> {
  active++
  try {
    const { value } = await (await whenNode()).query(id)
    const name = (value as { readonly name?: unknown } | null)?.name
    if (typeof name === 'string') learnNames([[id, name]])
    else asked.delete(id) // not registered yet; asked again when something shows it again
  } catch {
    asked.delete(id)
  } finally {
    active--
    const next = queue.pop()
    if (next !== undefined) void lookUp(next)
  }
}

/** The agent's name, or the first digits of its id while the name is not known. */
export function useAgentName(id: string): string {
  const name = useStore(namesStore, ({ names }) => names.get(id))
  useEffect(() => {
    if (name === undefined) ask(id)
  }, [id, name])
  return name ?? shortAgent(id)
}

export const useNames = (): ReadonlyMap<string, string> => useStore(namesStore, ({ names }) => names)
