import { useDeferredValue, useState } from 'react'
import { useStore } from 'zustand'
import { useText } from '../i18n/index.ts'
import { whenNode } from '../node-client/client.ts'
import { nodeStore } from '../stores/node.ts'
import { closeOverlay } from '../stores/panels.ts'
import { useNames } from '../ui/names.ts'
import { Empty, PeerText } from '../ui/parts.tsx'
import { resultOf, useAsync } from '../ui/use-async.ts'
import { Dialog } from './Dialog.tsx'
import { search } from './search.ts'
import s from './app.module.css'

/** More than the state holds. */
const MAX_PROPOSALS = 200

/** Ids of the proposals in the state. */
async function proposalIds(): Promise<readonly string[]> {
  const { keys } = await (await whenNode()).list('proposal/', MAX_PROPOSALS)
  return keys.map((key) => key.slice('proposal/'.length))
}

export default function SearchSheet() {
  const { t, f } = useText()
  const [query, setQuery] = useState('')
  const [active, setActive] = useState(0)
  const names = useNames()
  const height = useStore(nodeStore, (node) => node.status?.head?.height ?? null)
  const proposals = resultOf(useAsync('proposals', 0, proposalIds)) ?? []
  const hitsOf = (text: string) => search(text, names, height, proposals)
  const hits = hitsOf(useDeferredValue(query))
  const chosen = Math.min(active, Math.max(0, hits.length - 1))
  const onKey = (event: React.KeyboardEvent): void => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      const step = event.key === 'ArrowDown' ? 1 : -1
      setActive((chosen + step + hits.length) % Math.max(1, hits.length))
    } else if (event.key === 'Enter') {
      // The list may lag behind what was typed: what opens is a hit of the text in the box.
      const hit = hitsOf(query)[active] ?? hitsOf(query)[0]
      if (hit === undefined) return
      location.hash = hit.href
      closeOverlay()
    }
  }
  return (
    <Dialog title={t.search.open} side="top">
      <input
        type="search" data-autofocus value={query} maxLength={80} placeholder={t.search.placeholder} aria-label={t.search.label} onKeyDown={onKey}
        onChange={(event) => { setQuery(event.target.value); setActive(0) }}
      />
      {query.trim() === '' ? <Empty>{t.search.hint}</Empty> : hits.length === 0 ? <Empty>{t.search.nothing}</Empty> : (
        <nav className={s.results} aria-label={t.search.results}>
          {hits.map((hit, index) => (
            <a key={hit.href} href={hit.href} data-active={index === chosen || undefined} onClick={closeOverlay}>
              <small>{t.search[hit.kind]}</small>
              <span><PeerText value={hit.kind === 'block' ? f.int(Number(hit.title)) : hit.title} limit={70} /> <small>{hit.detail}</small></span>
            </a>
          ))}
        </nav>
      )}
    </Dialog>
  )
}
