import { useState } from 'react'
import type { ReactNode } from 'react'
import { Download, QrCode as QrIcon, Trash2 } from 'lucide-react'
import { toHex } from '../../../codec/index.ts'
import type { KeyInfo } from '../../../vault/index.ts'
import { useText } from '../../i18n/index.ts'
import { useDeskText } from '../../i18n/desk/index.ts'
import { useNow } from '../../ui/clock.ts'
import { Badge, Button, Fact, Facts, Hex, PeerText } from '../../ui/parts.tsx'
import { vault } from '../../vault-client/client.ts'
import { QrCode } from '../sign/qr/QrCode.tsx'
import { BackupForm } from './BackupForm.tsx'
import { DeskProblem } from './DeskProblem.tsx'
import { Fingerprint } from './Fingerprint.tsx'
import { saveFile } from './files.ts'
import { publicKeyCode, publicKeyFile, unwatchKey } from './public-keys.ts'
import type { WatchedKey } from './public-keys.ts'
import type { Roles } from './roles.ts'
import { useTask } from './use-task.ts'
import s from './keys.module.css'
import ui from '../../ui/ui.module.css'

type Open = 'backup' | 'public' | 'remove' | null

/** A key of the vault: what it is, whether it may sign, and what can be done with it. */
export function KeyCard({ keyInfo, roles, unproven, onChange }: {
  readonly keyInfo: KeyInfo; readonly roles: Roles | null
  /** Opens with the backup: a key just made may not sign before it. */
  readonly unproven: boolean
  readonly onChange: () => void
}) {
  const { f } = useText()
  const d = useDeskText()
  const now = useNow(60_000)
  const [open, setOpen] = useState<Open>(unproven ? 'backup' : null)
  const { label, kind, public_key, world_id, created_at, backup_verified_at: backup } = keyInfo
  return (
    <Card
      label={label} publicKey={public_key} roles={roles} worldId={world_id}
      badges={<><Badge tone="muted">{d.keys.kinds[kind]}</Badge>{backup === null ? <Badge tone="warn">{d.keys.mayNotSign}</Badge> : <Badge tone="ok">{d.keys.maySign}</Badge>}</>}
      facts={<>
        <Fact name={d.keys.created}>{f.dateTime(created_at)}</Fact>
        <Fact name={d.keys.backup}>{backup === null ? <span className={ui.warn}>{d.keys.noBackup}</span> : d.keys.backupAge(f.span(Math.max(0, now - backup)))}</Fact>
      </>}
      tools={<>
        <Toggle open={open} value="backup" onOpen={setOpen}><Download size={15} aria-hidden />{d.keys.makeBackup}</Toggle>
        <Toggle open={open} value="public" onOpen={setOpen}><QrIcon size={15} aria-hidden />{d.keys.showPublic}</Toggle>
        <Toggle open={open} value="remove" onOpen={setOpen}><Trash2 size={15} aria-hidden />{d.keys.remove}</Toggle>
      </>}
    >
      {open === 'backup' && <BackupForm keyInfo={keyInfo} onProven={() => { setOpen(null); onChange() }} />}
      {open === 'public' && <PublicKey publicKey={public_key} label={label} />}
      {open === 'remove' && <Remove proven={backup !== null} onCancel={() => setOpen(null)} remove={async () => { await vault().remove(keyInfo.key_id); onChange() }} />}
    </Card>
  )
}

/** A key whose secret lies on another device. */
export function WatchedCard({ watched, publicKey, roles }: { readonly watched: WatchedKey; readonly publicKey: Uint8Array; readonly roles: Roles | null }) {
  const { f } = useText()
  const d = useDeskText()
  const [open, setOpen] = useState<Open>(null)
  return (
    <Card
      label={watched.label} publicKey={publicKey} roles={roles} worldId={watched.world_id}
      badges={<Badge tone="info">{d.keys.kinds.elsewhere}</Badge>}
      facts={<Fact name={d.keys.added}>{f.dateTime(watched.added_at)}</Fact>}
      tools={<>
        <Toggle open={open} value="public" onOpen={setOpen}><QrIcon size={15} aria-hidden />{d.keys.showPublic}</Toggle>
        <Toggle open={open} value="remove" onOpen={setOpen}><Trash2 size={15} aria-hidden />{d.keys.remove}</Toggle>
      </>}
    >
      {open === 'public' && <PublicKey publicKey={publicKey} label={watched.label} />}
      {open === 'remove' && <Remove proven onCancel={() => setOpen(null)} remove={async () => void unwatchKey(watched.public_key)} />}
    </Card>
  )
}

function Card({ label, publicKey, roles, worldId, badges, facts, tools, children }: {
  readonly label: string; readonly publicKey: Uint8Array; readonly roles: Roles | null; readonly worldId: string | null
  readonly badges: ReactNode; readonly facts: ReactNode; readonly tools: ReactNode; readonly children: ReactNode
}) {
  const d = useDeskText()
  return (
    <li className={s.card}>
      <header className={s.cardHead}><h3><PeerText value={label} limit={64} /></h3>{badges}</header>
      <Fingerprint publicKey={publicKey} />
      <Facts>
        <Fact name={d.keys.roles}>{roles === null ? d.keys.rolesUnknown : <RoleList roles={roles} />}</Fact>
        <Fact name={d.keys.world}>{worldId === null ? d.keys.anyWorld : <Hex value={worldId} edge={10} />}</Fact>
        {facts}
      </Facts>
      <div className={ui.row}>{tools}</div>
      {children}
    </li>
  )
}

function RoleList({ roles: { signer, guardian, agent } }: { readonly roles: Roles }) {
  const d = useDeskText()
  if (signer.length + guardian.length === 0 && agent === null) return <span className={ui.muted}>{d.keys.noRole}</span>
  return (
    <span className={ui.row}>
      {signer.map((name) => <Badge key={`s${name}`} tone="ok">{d.keys.signer(name)}</Badge>)}
      {guardian.map((name) => <Badge key={`g${name}`} tone="info">{d.keys.guardian(name)}</Badge>)}
      {agent !== null && <Badge tone="muted">{d.keys.agent} <PeerText value={agent} limit={32} /></Badge>}
    </span>
  )
}

function Toggle({ open, value, onOpen, children }: { readonly open: Open; readonly value: Exclude<Open, null>; readonly onOpen: (open: Open) => void; readonly children: ReactNode }) {
  return <Button aria-expanded={open === value} onClick={() => onOpen(open === value ? null : value)}>{children}</Button>
}

function PublicKey({ publicKey, label }: { readonly publicKey: Uint8Array; readonly label: string }) {
  const d = useDeskText()
  const hex = toHex(publicKey)
  return (
    <div className={s.public}>
      <QrCode text={publicKeyCode(publicKey)} label={d.keys.publicCode} />
      <div className={s.publicText}>
        <p className={ui.note}>{d.keys.publicWhy}</p>
        <Hex value={hex} full />
        <div><Button onClick={() => saveFile(`agent-world-public-${hex.slice(0, 8)}.json`, publicKeyFile(publicKey, label), 'application/json')}><Download size={15} aria-hidden />{d.keys.savePublic}</Button></div>
      </div>
    </div>
  )
}

function Remove({ proven, remove, onCancel }: { readonly proven: boolean; readonly remove: () => Promise<void>; readonly onCancel: () => void }) {
  const { t } = useText()
  const d = useDeskText()
  const task = useTask()
  const [sure, setSure] = useState(false)
  return (
    <div className={s.remove}>
      <p className={proven ? ui.note : ui.bad}>{proven ? d.keys.removeWhy : d.keys.removeUnproven}</p>
      <label className={ui.check}><input type="checkbox" checked={sure} onChange={(event) => setSure(event.target.checked)} /><span>{proven ? d.keys.removeSure : d.keys.removeLost}</span></label>
      <div className={ui.row}>
        <Button disabled={!sure || task.busy} onClick={() => void task.run(remove)}><Trash2 size={15} aria-hidden />{d.keys.removeNow}</Button>
        <Button look="quiet" onClick={onCancel}>{t.app.close}</Button>
      </div>
      {task.error !== null && <DeskProblem error={task.error} />}
    </div>
  )
}
