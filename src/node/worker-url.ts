interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): unknown }
}

let policy: { createScriptURL(url: string): unknown } | null | undefined

/**
 * The URL of one of our own worker scripts in the form the page policy demands: under Trusted Types only this policy may name
 * worker scripts, and it admits only our own origin. Throws a `TypeError` for any other.
 */
export function ownWorkerUrl(url: string): unknown {
  const rules = {
    createScriptURL: (candidate: string): string => {
      if (new URL(candidate, globalThis.location.href).origin !== globalThis.location.origin) {
        throw new TypeError('Worker scripts are loaded from this origin only.')
      }
      return candidate
    },
  }
  if (policy === undefined) {
    const trustedTypes = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes
    policy = trustedTypes === undefined ? null : trustedTypes.createPolicy('aw-worker', rules)
  }
  return policy === null ? rules.createScriptURL(url) : policy.createScriptURL(url)
}
