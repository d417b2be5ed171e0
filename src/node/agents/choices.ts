import { sha256, utf8Bytes } from '../../codec/index.ts'

/** An integer from 0 to `below` − 1. */
export type Choices = (below: number) => number

/** What an agent rolls at a height: the same integers whenever the same agent decides at the same height. */
export function createChoices(agentId: string, height: number): Choices {
  let block = sha256(utf8Bytes(`agent-world/scripted-choices/v1 ${agentId} ${height}`))
  let at = 0
  return (below) => {
    if (at === block.length) {
      block = sha256(block)
      at = 0
    }
    const word = ((block[at]! << 24) | (block[at + 1]! << 16) | (block[at + 2]! << 8) | block[at + 3]!) >>> 0
    at += 4
    return word % below
  }
}
