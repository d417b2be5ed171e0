/**
 * One node per browser. The tab that holds the Web Lock runs it; another tab may ask for it. Asking is polite first: the holder stops its node, lets the
 * storage finish and releases. Only a holder that does not answer (a frozen tab) is robbed of the lock.
 */

const LOCK = 'agent-world/node'
const CHANNEL = 'agent-world/node-handover'
/** Longer than a clean stop takes (the last block is one transaction); after it the other tab counts as frozen. */
const HANDOVER_TIMEOUT_MS = 8000
/** A reloaded page asks before the browser has freed the lock of the page it replaces. */
const RELOAD_GRACE_MS = 500

export interface TabLock {
  /** Frees the lock for the next tab. */
  release(): void
}

export interface TabLockEvents {
  /** Another tab asks for the node: stop it, then call `release`. */
  onAsked(): void
  /** The lock was taken away because this tab did not answer: stop at once. */
  onStolen(): void
}

/** The lock if it is free, or becomes free at once, else null. Browsers without Web Locks get one that guards nothing. */
export async function tryLock(events: TabLockEvents): Promise<TabLock | null> {
  return requestWithin(RELOAD_GRACE_MS, events)
}

/** Asks the tab that holds the lock to hand over and waits for it; takes the lock by force from a tab that does not answer. */
export async function takeLock(events: TabLockEvents): Promise<TabLock> {
  const channel = new BroadcastChannel(CHANNEL)
  channel.postMessage('hand-over')
  channel.close()
  return (await requestWithin(HANDOVER_TIMEOUT_MS, events)) ?? request({ steal: true }, events)
}

/** Null when somebody else still holds the lock after `waitMs`. */
async function requestWithin(waitMs: number, events: TabLockEvents): Promise<TabLock | null> {
  const patience = new AbortController()
  const timer = setTimeout(() => patience.abort(), waitMs)
  try {
    return await request({ signal: patience.signal }, events)
  } catch (error) {
    if (!patience.signal.aborted) throw error
    return null
  } finally {
    clearTimeout(timer)
  }
}

function request(options: LockOptions, events: TabLockEvents): Promise<TabLock> {
  if (!('locks' in navigator)) return Promise.resolve({ release: () => undefined })
  return new Promise((resolve, reject) => {
    let held = false
    navigator.locks
      .request(LOCK, options, async () => {
        held = true
        const { promise, resolve: release } = Promise.withResolvers<void>()
        const channel = new BroadcastChannel(CHANNEL)
        channel.onmessage = () => events.onAsked()
        resolve({
          release: () => {
            channel.close()
            release()
          },
        })
        await promise
      })
      .catch((error: unknown) => (held ? events.onStolen() : reject(error)))
  })
}
