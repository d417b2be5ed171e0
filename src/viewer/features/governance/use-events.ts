/** Events of one proposal out of the stored blocks: scanned once from where it began, then only what is new. */
import { useEffect, useState } from 'react'
import type { ErrorInfo } from '../../../codec/index.ts'
import type { WorldEvent } from '../../../world/index.ts'
import { whenNode } from '../../node-client/client.ts'
import { errorInfoOf } from '../../node-client/errors.ts'

export interface ProposalEvents {
  readonly events: readonly WorldEvent[]
  /** Last height looked at; below the first while nothing was. */
  readonly scannedTo: number
  /** Blocks of the range that are not stored here. */
  readonly missing: number
}

interface Scan extends ProposalEvents {
  /** Where to go on. */
  readonly next: number
}

const scans = new Map<string, Scan>()
/** Ids whose events are kept; each has some tens. */
const MAX_SCANS = 32

/** `to` is the last height that matters. Null until the first answer. */
export function useProposalEvents(id: string, from: number, to: number): { readonly found: ProposalEvents | null; readonly complete: boolean; readonly error: ErrorInfo | null } {
  const [found, setFound] = useState<Scan | null>(scans.get(id) ?? null)
  const [error, setError] = useState<ErrorInfo | null>(null)
  useEffect(() => {
    let current = true
    void (async () => {
      try {
        for (let scan = scans.get(id) ?? { events: [], scannedTo: from - 1, missing: 0, next: from }; current && scan.next <= to;) {
          scan = await scanOn(id, scan, to)
          keep(id, scan)
          if (current) setFound(scan)
        }
        if (current) setError(null)
      } catch (failure) {
        if (current) setError(errorInfoOf(failure))
      }
    })()
    return () => { current = false }
  }, [id, from, to])
  return { found, complete: found !== null && found.scannedTo >= to, error }
}

async function scanOn(id: string, scan: Scan, to: number): Promise<Scan> {
  const page = await (await whenNode()).eventsOf({ mentions: id, kind: null, from: scan.next, to })
  const known = new Set(scan.events.map((event) => event.id))
  const next = page.next ?? to + 1
  return { events: [...scan.events, ...page.events.filter((event) => !known.has(event.id))], scannedTo: next - 1, missing: scan.missing + page.missing, next }
}

function keep(id: string, scan: Scan): void {
  scans.delete(id)
  scans.set(id, scan)
  if (scans.size > MAX_SCANS) scans.delete(scans.keys().next().value!)
}
