/** Shadow made again by the node of this tab. */
import { useEffect, useState } from 'react'
import { proxy } from 'comlink'
import { sha256, toHex } from '../../../codec/index.ts'
import { whenNode } from '../../node-client/client.ts'
import { errorInfoOf } from '../../node-client/errors.ts'
import type { Rerun } from './checks.ts'

export interface RerunControl {
  readonly rerun: Rerun
  readonly start: () => void
  readonly cancel: () => void
}

/** What was found stays while the page is open: a re-run takes seconds, and nothing it depends on changes. */
const finished = new Map<string, Rerun>()

export function useRerun(id: string): RerunControl {
  const [rerun, setRerun] = useState<Rerun>(finished.get(id) ?? { state: 'idle' })
  const [round, setRound] = useState(0)
  useEffect(() => {
    if (round === 0) return
    let current = true
    const show = (next: Rerun): void => { if (current) setRerun(next) }
    let from = 0
    show({ state: 'running', from, at: 0, to: 0 })
    void (async () => {
      try {
        const node = await whenNode()
        const result = await node.rerunShadow(id, proxy(({ at, to }: { readonly at: number; readonly to: number }) => {
          from ||= at
          show({ state: 'running', from, at, to })
        }))
        // The hash that counts is that of the bytes as they came, made here.
        const done: Rerun = { state: 'done', result: { ...result, report_hash: toHex(sha256(result.report_bytes)) } }
        finished.set(id, done)
        show(done)
      } catch (error) {
        const { code, message } = errorInfoOf(error)
        show({ state: 'failed', code, message })
      }
    })()
    return () => {
      current = false
      void whenNode().then((node) => node.cancelRerun()).catch(() => undefined)
    }
  }, [id, round])
  return { rerun, start: () => setRound(round + 1), cancel: () => void whenNode().then((node) => node.cancelRerun()).catch(() => undefined) }
}
