import { spawn } from 'node:child_process'
import { resolve } from 'node:path'

export interface AwResult {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** `npm run aw -- …` as a person runs it, without npm's own lines. */
export function runAw(...args: readonly string[]): Promise<AwResult> {
  const child = spawn(process.execPath, [resolve('src/cli/aw.ts'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  return new Promise((settle, reject) => {
    child.once('error', reject)
    child.once('close', (status) => settle({ status, stdout, stderr }))
  })
}

/** The same, of a command that must succeed; gives what it prints. */
export async function aw(...args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await runAw(...args)
  if (status !== 0) throw new Error(`aw ${args.join(' ')} ended with ${status}:\n${stdout}\n${stderr}`)
  return stdout
}
