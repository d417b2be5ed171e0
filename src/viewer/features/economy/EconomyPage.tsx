import { useEffect, useMemo } from 'react'
import { useStore } from 'zustand'
import { useText } from '../../i18n/index.ts'
import { usePageText } from '../../i18n/pages/index.ts'
import { Page, Panel } from '../../ui/parts.tsx'
import { Chart, Timeline } from './Chart.tsx'
import { condense, priceOf, thin } from './history.ts'
import type { Marker } from './history.ts'
import { courseStore, fillFromStorage } from './sampler.ts'
import { Tables } from './Tables.tsx'
import ui from '../../ui/ui.module.css'
import s from './economy.module.css'

/** Points of a chart; more could not be told apart. */
const MAX_POINTS = 240
/** Entries of the timeline; older ones are in the events. */
const MAX_TIMELINE = 40
/** Those that are drawn into charts: factories are too many. */
const isDrawn = ({ kind }: Marker): boolean => kind !== 'factory'

export default function EconomyPage() {
  const { f } = useText()
  const p = usePageText()
  const course = useStore(courseStore)
  useEffect(() => {
    const stop = new AbortController()
    void fillFromStorage(stop.signal)
    return () => stop.abort()
  }, [])
  const { step, samples } = useMemo(() => condense(course.samples, MAX_POINTS), [course.samples])
  const balances = useMemo(() => thin(course.balances, MAX_POINTS), [course.balances])
  const markers = useMemo(() => course.samples.flatMap((sample) => sample.markers), [course.samples])
  const drawn = useMemo(() => markers.filter(isDrawn), [markers])
  const heights = useMemo(() => samples.map(({ height }) => height), [samples])
  const lines = useMemo(() => ({
    production: [
      { label: p.economy.ores, color: 'warn' as const, values: samples.map(({ ores }) => ores) },
      { label: p.economy.products, color: 'ok' as const, values: samples.map(({ products }) => products) },
    ],
    trade: [
      { label: p.economy.opened, color: 'info' as const, values: samples.map(({ opened }) => opened) },
      { label: p.economy.settled, color: 'ok' as const, values: samples.map(({ settled }) => settled) },
    ],
    fees: [{ label: p.economy.moduleFees, color: 'warn' as const, values: samples.map(({ moduleFees }) => moduleFees) }],
    power: [
      { label: p.economy.price, color: 'accent' as const, values: samples.map(priceOf) },
      { label: p.economy.volume, color: 'info' as const, values: samples.map(({ traded }) => traded) },
    ],
  }), [samples, p])
  const held = useMemo(() => ({
    heights: balances.map(({ height }) => height),
    lines: [
      { label: p.economy.agentsElectricity, color: 'warn' as const, values: balances.map(({ agents }) => agents.electricity) },
      { label: p.economy.agentsData, color: 'info' as const, values: balances.map(({ agents }) => agents.data) },
    ],
    treasury: [
      { label: p.economy.treasuryElectricity, color: 'warn' as const, values: balances.map(({ treasury }) => treasury.electricity - (balances[0]?.treasury.electricity ?? 0)) },
      { label: p.economy.treasuryData, color: 'info' as const, values: balances.map(({ treasury }) => treasury.data - (balances[0]?.treasury.data ?? 0)) },
    ],
  }), [balances, p])
  const first = course.samples[0]
  const last = course.samples.at(-1)
  return (
    <Page title={p.economy.title} intro={p.economy.intro} aside={(
      <p className={ui.note} role="status">
        {first !== undefined && last !== undefined && p.economy.gathered(f.int(first.height), f.int(last.height), f.int(course.samples.length))}
        {course.filling && ` · ${p.economy.gathering}`}{step > 1 && ` · ${p.economy.perPoint(f.int(step))}`}
      </p>
    )}>
      <div className={s.charts}>
        <Chart title={p.economy.production} heights={heights} lines={lines.production} markers={drawn} empty={p.economy.noProduction} />
        <Chart title={p.economy.trade} heights={heights} lines={lines.trade} markers={drawn} empty={p.economy.noContractsMade} />
        <Chart title={p.economy.balances} note={p.economy.balancesNote} heights={held.heights} lines={held.lines} markers={drawn} empty={p.economy.waiting} />
        <Chart title={p.economy.treasury} note={p.economy.changeNote} heights={held.heights} lines={held.treasury} markers={drawn} empty={p.economy.waiting} />
        <Chart title={p.economy.power} heights={heights} lines={lines.power} markers={drawn} empty={p.economy.noTrades} />
        <Chart title={p.economy.moduleFees} heights={heights} lines={lines.fees} markers={drawn} empty={p.economy.waiting} />
        <Panel title={p.economy.timeline}><Timeline markers={markers.slice(-MAX_TIMELINE)} /></Panel>
      </div>
      <Tables />
    </Page>
  )
}
