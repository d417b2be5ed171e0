import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { BuildError } from './errors.ts'

/** Folder of the hooks this project offers, from its root. */
const HOOKS = '.githooks'

/** Has git run the project's hooks. Throws `HOOK_TAKEN` when it runs others, `HOOK_FAILED` outside a repository or below its top. */
export async function installHook(root: string): Promise<string> {
  const current = await hooksPath(root)
  if (current === HOOKS) return `Git runs the hooks in ${HOOKS} already.`
  if (current !== null) throw new BuildError('HOOK_TAKEN', `core.hooksPath is "${current}": your own hooks would no longer run. Call ${HOOKS}/pre-commit from there, or unset core.hooksPath first.`, { hooks_path: current })
  const below = (await git(root, 'rev-parse', '--show-prefix')).trim()
  // Git looks for hooks, and runs them, at the top: it would find none and say nothing.
  if (below !== '') throw new BuildError('HOOK_FAILED', `The project lies in ${below} of a larger repository, whose hooks are its own. Call "npm run artifacts -- sync all --check" from a hook of that repository.`, { below })
  await git(root, 'config', '--local', 'core.hooksPath', HOOKS)
  return `Set core.hooksPath to ${HOOKS}: a commit that touches modules or their lock now runs "npm run artifacts -- sync all --check" first. Undo with "npm run artifacts -- hook remove".`
}

export async function removeHook(root: string): Promise<string> {
  const current = await hooksPath(root)
  if (current !== HOOKS) return `core.hooksPath is ${current === null ? 'not set' : `"${current}"`}; nothing to remove.`
  await git(root, 'config', '--local', '--unset', 'core.hooksPath')
  return 'Unset core.hooksPath: commits run no hook of this project.'
}

async function hooksPath(root: string): Promise<string | null> {
  try {
    return (await git(root, 'config', '--get', 'core.hooksPath')).trim()
  } catch (error) {
    if ((error as { cause?: { code?: unknown } }).cause?.code === 1) return null // git's answer for a setting that is not there
    throw error
  }
}

async function git(root: string, ...args: readonly string[]): Promise<string> {
  try {
    return (await promisify(execFile)('git', ['-C', root, ...args])).stdout
  } catch (cause) {
    throw new BuildError('HOOK_FAILED', `git ${args.join(' ')} failed (${(cause as Error).message.trim()}). Run it inside the repository.`, {}, { cause })
  }
}
