import { useState } from 'react'
import { useStore } from 'zustand'
import { fromHex } from '../../../codec/index.ts'
import { useDeskText } from '../../i18n/desk/index.ts'
import { nodeStore } from '../../stores/node.ts'
import { Button, Empty, Page, Panel, Skeleton } from '../../ui/parts.tsx'
import { AddressBookPanel } from './AddressBookPanel.tsx'
import { alwaysStrict } from './desk-settings.ts'
import { DeskProblem } from './DeskProblem.tsx'
import { ImportKey } from './ImportKey.tsx'
import { KeyCard, WatchedCard } from './KeyCard.tsx'
import { NewKey } from './NewKey.tsx'
import { watchedStore } from './public-keys.ts'
import { StorageNotice } from './StorageNotice.tsx'
import { UnlockedBanner } from './UnlockedBanner.tsx'
import { useKeys, useRoles } from './use-keys.ts'
import { WatchKey } from './WatchKey.tsx'
import s from './keys.module.css'
import ui from '../../ui/ui.module.css'

export default function KeysPage() {
  const d = useDeskText()
  const { loaded, list, reload } = useKeys()
  const watched = useStore(watchedStore, ({ value }) => value)
  const elsewhere = watched.map((key) => ({ key, publicKey: fromHex(key.public_key) }))
  const roles = useRoles([...list.map(({ public_key }) => public_key), ...elsewhere.map(({ publicKey }) => publicKey)])
  const strict = useStore(alwaysStrict.store, ({ value }) => value)
  const [fresh, setFresh] = useState<string | null>(null)
  return (
    <Page title={d.keys.title} intro={d.keys.intro}>
      <UnlockedBanner labelOf={(keyId) => list.find(({ key_id }) => key_id === keyId)?.label ?? ''} />
      <StorageNotice keys={list} />
      {loaded.state === 'failed' && <DeskProblem error={loaded.error} action={<Button onClick={reload}>{d.retry}</Button>} />}
      <Panel title={d.keys.listTitle} flush>
        {loaded.state === 'loading' && loaded.previous === null ? <Skeleton lines={4} /> : list.length + elsewhere.length === 0 ? <Empty>{d.keys.none}</Empty> : (
          <ul className={s.list}>
            {list.map((key) => (
              <KeyCard key={key.key_id} keyInfo={key} roles={roles?.of(key.public_key) ?? null} unproven={key.key_id === fresh} onChange={() => { setFresh(null); reload() }} />
            ))}
            {elsewhere.map(({ key, publicKey }) => <WatchedCard key={key.public_key} watched={key} publicKey={publicKey} roles={roles?.of(publicKey) ?? null} />)}
          </ul>
        )}
      </Panel>
      <AddKey onKey={(keyId) => { setFresh(keyId); reload() }} />
      <Panel title={d.keys.strictTitle}>
        <label className={ui.check}><input type="checkbox" checked={strict} onChange={(event) => void alwaysStrict.change(event.target.checked)} /><span>{d.keys.strict}</span></label>
        <p className={ui.note}>{d.keys.strictWhy}</p>
      </Panel>
      <AddressBookPanel />
    </Page>
  )
}

const WAYS = ['create', 'restore', 'watch'] as const

/** New, from a backup, or on another device. `onKey` gets a key that still needs its backup proven, or null. */
function AddKey({ onKey }: { readonly onKey: (keyId: string | null) => void }) {
  const d = useDeskText()
  const worldId = useStore(nodeStore, ({ status }) => status?.world_id ?? null)
  const [way, setWay] = useState<(typeof WAYS)[number]>('create')
  return (
    <Panel title={d.keys.addTitle}>
      <div className={ui.tabs} role="tablist" aria-label={d.keys.addTitle} onKeyDown={(event) => {
        const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
        if (step === 0) return
        const next = WAYS[(WAYS.indexOf(way) + step + WAYS.length) % WAYS.length]!
        setWay(next)
        document.getElementById(`add-${next}`)?.focus()
      }}>
        {WAYS.map((each) => (
          <button key={each} id={`add-${each}`} type="button" role="tab" aria-selected={way === each} aria-controls="add-panel" tabIndex={way === each ? 0 : -1} onClick={() => setWay(each)}>{d.keys.ways[each]}</button>
        ))}
      </div>
      <div id="add-panel" role="tabpanel" aria-labelledby={`add-${way}`}>
        {way === 'create' && <NewKey worldId={worldId} onCreated={({ key_id }) => onKey(key_id)} />}
        {way === 'restore' && <ImportKey onImported={() => onKey(null)} />}
        {way === 'watch' && <WatchKey worldId={null} onWatched={() => onKey(null)} />}
      </div>
    </Panel>
  )
}
