/** The page's Trusted Types policy. It lives only in this file: the page policy allows one policy of that name and no other. */
import { WORKER_POLICY_NAME } from '../policy-name.ts'

interface ScriptUrlPolicy {
  createScriptURL(url: string): unknown
}
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): ScriptUrlPolicy
}

function ownOrigin(url: string): string {
  if (new URL(url, location.href).origin !== location.origin) throw new TypeError('Worker scripts are loaded from this origin only.')
  return url
}

const trustedTypes = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes
const policy: ScriptUrlPolicy = trustedTypes?.createPolicy(WORKER_POLICY_NAME, { createScriptURL: ownOrigin }) ?? { createScriptURL: ownOrigin }

/** Starts a module worker from a script of this origin. Throws a `TypeError` for any other. */
export function startWorker(url: string, name: string): Worker {
  return new Worker(policy.createScriptURL(url) as string, { type: 'module', name })
}
