import { useStore } from 'zustand'
import { peerText, useText } from '../../i18n/index.ts'
import { nodeStore } from '../../stores/node.ts'
import { ClaimedMark, Fact, Facts, Page, Panel, Problem, Skeleton } from '../../ui/parts.tsx'
import { HeightLink } from '../../ui/links.tsx'
import type { NodeStatus } from '../../../node/index.ts'
import { DryRun } from './DryRun.tsx'
import { Peers, Refusals, Validators } from './tables.tsx'
import ui from '../../ui/ui.module.css'

export default function NetworkPage() {
  const { t } = useText()
  const status = useStore(nodeStore, (node) => node.status)
  return (
    <Page title={t.network.title} intro={t.network.intro}>
      {status?.error !== null && status?.error !== undefined && <Problem error={status.error} />}
      <Panel title={t.network.me}>{status === null ? <Skeleton lines={5} /> : <Me status={status} />}</Panel>
      <Validators status={status} />
      <Peers status={status} />
      <Refusals status={status} />
      <DryRun />
    </Page>
  )
}

function Me({ status }: { status: NodeStatus }) {
  const { t, f } = useText()
  const { head, round, sync, executor, storage } = status
  const behind = head === null || status.claimed_height === null ? 0 : Math.max(0, status.claimed_height - head.height)
  return (
    <Facts>
      <Fact name={t.network.role}>{t.status.roles[status.role]}</Fact>
      <Fact name={t.network.phase}>{t.status.phases[status.phase]}</Fact>
      <Fact name={t.network.head}>{head === null ? t.app.none : <HeightLink height={head.height} />}</Fact>
      <Fact name={t.network.claimedHeight}>
        {status.claimed_height === null ? t.app.none : <ClaimedMark claimant={t.trust.peers}>{f.int(status.claimed_height)}{behind > 0 && ` · ${t.network.lag(f.int(behind))}`}</ClaimedMark>}
      </Fact>
      <Fact name={t.network.deciding}>{round === null ? t.network.notSeen : t.network.decidingAt(f.int(round.height), f.int(round.round), (t.network.steps as Readonly<Record<string, string>>)[round.step] ?? peerText(round.step, 24))}</Fact>
      {sync !== null && <Fact name={t.network.sync}>{t.network.syncRun(t.status.stages[sync.stage], f.int(sync.at), f.int(sync.from), f.int(sync.to))}</Fact>}
      <Fact name={t.network.interval}>{t.app.milliseconds(f.int(status.block_interval_ms))}</Fact>
      <Fact name={t.network.storage}>
        {t.network.storageFrom(f.int(storage.blocks), storage.earliest_height === null ? t.app.none : f.int(storage.earliest_height))}
        <br /><small className={ui.muted}>{storage.persistent ? t.network.persistent : t.network.notPersistent}</small>
      </Fact>
      <Fact name={t.network.executor}>
        {t.network.executorLine(executor.last_block_ms === null ? t.app.none : f.decimal(executor.last_block_ms), f.int(executor.interrupts), f.int(executor.restarts))}
        <br /><small className={ui.muted}>{executor.spare_ready ? t.network.spare : t.network.noSpare}</small>
      </Fact>
    </Facts>
  )
}
