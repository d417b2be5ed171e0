import { toHex } from '../../../codec/index.ts'
import type { EffectSettings as Settings, Executor } from '../../../world/index.ts'
import { useText } from '../../i18n/index.ts'
import { useGovernanceText } from '../../i18n/governance/index.ts'
import { usePageText } from '../../i18n/pages/index.ts'
import { HeightLink } from '../../ui/links.tsx'
import { Hex, Panel, PeerText, TableScroll } from '../../ui/parts.tsx'
import { Policies } from '../modules/Effects.tsx'
import { ModuleLink } from '../modules/ModuleLink.tsx'
import ui from '../../ui/ui.module.css'
import s from './governance.module.css'

/** What the manifest says of the world outside: who speaks for it, which module may ask, and what is allowed. */
export function EffectSettings({ settings: { executors, grants, policies } }: { settings: Settings }) {
  const g = useGovernanceText()
  return (
    <Panel title={g.overview.effects}>
      <p className={ui.note}>{g.overview.effectsNote}</p>
      <section className={s.officials}><h3>{g.overview.executors}</h3><Executors executors={executors} /></section>
      <section className={s.officials}><h3>{g.overview.grants}</h3><Grants grants={grants} /></section>
      <section className={s.officials}><h3>{g.overview.rules}</h3><Policies policies={policies} /></section>
    </Panel>
  )
}

function Executors({ executors }: { executors: Settings['executors'] }) {
  const g = useGovernanceText()
  const p = usePageText()
  const ids = Object.keys(executors).sort()
  if (ids.length === 0) return <p className={ui.note}>{g.overview.noExecutors}</p>
  return (
    <TableScroll label={g.overview.executors}>
      <table>
        <thead><tr><th scope="col">{g.overview.name}</th><th scope="col">{g.overview.vouches}</th><th scope="col">{p.modules.kinds}</th></tr></thead>
        <tbody>
          {ids.map((id) => (
            <tr key={id}>
              <th scope="row"><PeerText value={id} limit={64} /></th>
              <td><Vouching executor={executors[id]!} /></td>
              <td><Kinds kinds={executors[id]!.effect_kinds} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableScroll>
  )
}

function Vouching({ executor }: { executor: Executor }) {
  const { f } = useText()
  const { executorKinds } = useGovernanceText().overview
  if (executor.kind === 'node') return <span className={s.stack}>{executorKinds.node()} <Hex value={toHex(executor.public_key)} edge={6} /></span>
  const { threshold, participants, group_key } = executor
  return (
    <span className={s.stack}>
      {executorKinds.group(f.int(threshold), f.int(participants.length))}: <PeerText value={participants.join(', ')} limit={400} />
      {group_key !== null && <Hex value={toHex(group_key)} edge={6} />}
    </span>
  )
}

function Grants({ grants }: { grants: Settings['grants'] }) {
  const p = usePageText()
  const g = useGovernanceText()
  const rows = Object.keys(grants).sort().flatMap((module) => Object.keys(grants[module]!).sort().map((name) => ({ module, name, ...grants[module]![name]! })))
  if (rows.length === 0) return <p className={ui.note}>{p.modules.noCapabilities}</p>
  return (
    <TableScroll label={g.overview.grants}>
      <table>
        <thead><tr><th scope="col">{p.modules.module}</th><th scope="col">{p.modules.capability}</th><th scope="col">{p.modules.kinds}</th><th scope="col">{p.modules.expires}</th></tr></thead>
        <tbody>
          {rows.map(({ module, name, effect_kinds, expires_height }) => (
            <tr key={`${module} ${name}`}>
              <th scope="row"><ModuleLink id={module} /></th><td><PeerText value={name} limit={64} /></td><td><Kinds kinds={effect_kinds} /></td>
              <td>{expires_height === null ? p.modules.never : <HeightLink height={expires_height} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableScroll>
  )
}

function Kinds({ kinds }: { kinds: readonly string[] }) {
  return kinds.length === 0 ? <>–</> : <PeerText value={kinds.join(', ')} limit={300} />
}
