import { ReplicationError } from './errors.ts'

/** A healthy peer answers in tens of milliseconds; after this long a second one is asked as well. */
export const HEDGE_AFTER_MS = 1_500

/**
 * Asks peers one after another, the next as soon as the last failed or has not answered for `hedgeMs`, until one gives an
 * answer that `ask` accepts (it throws otherwise). The losers are aborted. Throws `NO_PEER` when all failed.
 */
export async function askHedged<T>(
  peers: readonly string[],
  ask: (peer: string, signal: AbortSignal) => Promise<T>,
  hedgeMs: number = HEDGE_AFTER_MS,
): Promise<{ readonly peer: string; readonly answer: T }> {
  if (peers.length === 0) throw new ReplicationError('NO_PEER', 'No connected peer has what is missing.')
  const abort = new AbortController()
  return new Promise((resolve, reject) => {
    let next = 0
    let open = 0
    let timer: ReturnType<typeof setTimeout> | undefined
    let lastError: unknown
    const finish = (): void => {
      clearTimeout(timer)
      abort.abort()
    }
    const start = (): void => {
      clearTimeout(timer)
      const peer = peers[next++]
      if (peer === undefined) {
        if (open === 0) {
          finish()
          reject(new ReplicationError('NO_PEER', 'No peer gave a usable answer.', {}, { cause: lastError }))
        }
        return
      }
      open++
      timer = setTimeout(start, hedgeMs)
      ask(peer, abort.signal).then(
        (answer) => {
          finish()
          resolve({ peer, answer })
        },
        (error: unknown) => {
          open--
          lastError = error
          if (!abort.signal.aborted) start()
        },
      )
    }
    start()
  })
}
