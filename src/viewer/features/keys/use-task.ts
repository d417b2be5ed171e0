import { useState } from 'react'
import type { ErrorInfo } from '../../../codec/index.ts'
import { errorInfoOf } from '../../node-client/errors.ts'

export interface Task {
  readonly busy: boolean
  readonly error: ErrorInfo | null
  /** Runs one thing at a time; its error is kept until the next. */
  readonly run: (work: () => Promise<void> | void) => Promise<void>
  readonly forget: () => void
}

/** Something a person set going: whether it runs, and how it failed. */
export function useTask(): Task {
  const [state, setState] = useState<{ readonly busy: boolean; readonly error: ErrorInfo | null }>({ busy: false, error: null })
  return {
    ...state,
    forget: () => setState({ busy: false, error: null }),
    run: async (work) => {
      if (state.busy) return
      setState({ busy: true, error: null })
      try {
        await work()
        setState({ busy: false, error: null })
      } catch (error) {
        setState({ busy: false, error: errorInfoOf(error) })
      }
    },
  }
}
