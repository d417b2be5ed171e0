import { useEffect, useState } from 'react'
import type { ErrorInfo } from '../../codec/index.ts'
import { errorInfoOf } from '../node-client/errors.ts'

export type Loadable<T> =
  | { readonly state: 'loading'; readonly previous: T | null }
  | { readonly state: 'ready'; readonly result: T }
  | { readonly state: 'failed'; readonly error: ErrorInfo; readonly previous: T | null }

/** Runs `load` whenever `key` changes and shows its newest outcome; an answer that comes too late is dropped. `subject` changes forget the previous result. */
export function useAsync<T>(subject: string, version: number, load: () => Promise<T>): Loadable<T> {
  const [shown, setShown] = useState<{ readonly subject: string; readonly loadable: Loadable<T> }>({ subject, loadable: { state: 'loading', previous: null } })
  useEffect(() => {
    let current = true
    load().then(
      (result) => { if (current) setShown({ subject, loadable: { state: 'ready', result } }) },
      (error: unknown) => {
        if (!current) return
        setShown((before) => ({ subject, loadable: { state: 'failed', error: errorInfoOf(error), previous: before.subject === subject ? resultOf(before.loadable) : null } }))
      },
    )
    return () => { current = false }
    // `load` closes over `subject` alone by contract, so these two say when to run it again.
  }, [subject, version])
  return shown.subject === subject ? shown.loadable : { state: 'loading', previous: null }
}

/** What is known even while a newer answer is on its way or failed. */
export function resultOf<T>(loadable: Loadable<T>): T | null {
  return loadable.state === 'ready' ? loadable.result : loadable.previous
}
