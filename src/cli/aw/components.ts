import { openChain } from './chain.ts'
import type { Chain, ChainInit } from './chain.ts'
import { jsonText } from './json.ts'
import { outcomeJson, outcomeText, whyRefused } from './signing.ts'
import type { Outcome, SigningComponents } from './signing.ts'
import { terminal } from './terminal.ts'
import type { Terminal } from './terminal.ts'

/** What commands that ask the chain work with; another for tests. */
export interface Components {
  readonly terminal: Terminal
  /** A line about what goes on, on standard error. */
  readonly note: (line: string) => void
  readonly openChain: (init: ChainInit) => Promise<Chain>
}

export const REAL: Components = { terminal, note: (line) => void process.stderr.write(`${line}\n`), openChain }

export interface ChainFlagValues {
  readonly node: string
  readonly world: string | null
  readonly timeout: number
}

export const chainInit = ({ note }: Components, { node, world, timeout }: ChainFlagValues, fromGenesis = false): ChainInit => ({
  url: node, world, timeoutMs: timeout * 1000, note, ...(fromGenesis ? { fromGenesis } : {}),
})

/** Runs `task` with a chain that is closed afterwards, whatever happens. */
export async function withChain<T>(components: Components, flags: ChainFlagValues, task: (chain: Chain) => Promise<T>, fromGenesis = false): Promise<T> {
  const chain = await components.openChain(chainInit(components, flags, fromGenesis))
  try {
    return await task(chain)
  } finally {
    await chain.close()
  }
}

/** Standard output is kept for the result where that is JSON. */
export const signingComponents = ({ terminal, note }: Components, json: boolean): SigningComponents => ({ terminal, review: json ? note : terminal.print })

export const printResult = ({ terminal }: Components, json: boolean, data: unknown, text: () => string): void => terminal.print(json ? jsonText(data) : text())

/** Prints what became of an action, with whatever belongs to it, and gives the exit status. */
export function printOutcome(components: Components, json: boolean, outcome: Outcome, more: Readonly<Record<string, unknown>> = {}, moreText = ''): number {
  printResult(components, json, { ...outcomeJson(outcome), ...more }, () => `${outcomeText(outcome)}${moreText}`)
  const why = whyRefused(outcome)
  if (why !== null) components.note(`${why.code}: ${why.message}`)
  return why === null ? 0 : 1
}
