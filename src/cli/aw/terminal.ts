import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { AppError } from '../../codec/index.ts'

/** The person at the keyboard. What is asked goes to standard error, so that standard output stays clean for results. */
export interface Terminal {
  readonly print: (text: string) => void
  /** A line that is not shown while it is typed. */
  readonly secret: (question: string) => Promise<string>
  readonly line: (question: string) => Promise<string>
}

export const terminal: Terminal = {
  print: (text) => void process.stdout.write(`${text}\n`),
  secret: (question) => ask(question, true, 'Give the passphrase with --passphrase-file FILE.'),
  line: (question) => ask(question, false, 'Run this where there is one, or agree beforehand with --yes.'),
}

async function ask(question: string, hidden: boolean, otherwise: string): Promise<string> {
  if (!process.stdin.isTTY) throw new AppError('TERMINAL_MISSING', `There is no terminal to ask on. ${otherwise}`)
  process.stderr.write(question)
  const output = hidden ? new Writable({ write: (_chunk, _encoding, done) => done() }) : process.stderr
  const reader = createInterface({ input: process.stdin, output, terminal: true })
  try {
    return await reader.question('')
  } finally {
    reader.close()
    if (hidden) process.stderr.write('\n')
  }
}
