import { useEffect, useRef, useState } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { useStore } from 'zustand'
import { useText } from '../../i18n/index.ts'
import { usePageText } from '../../i18n/pages/index.ts'
import { settingsStore } from '../../stores/settings.ts'
import { Panel, PeerText, TableScroll } from '../../ui/parts.tsx'
import type { Marker } from './history.ts'
import ui from '../../ui/ui.module.css'
import s from './economy.module.css'

/** Colours of lines are the page's own, by the name of their token. */
export type LineColor = 'accent' | 'ok' | 'warn' | 'info'

export interface Line {
  readonly label: string
  readonly color: LineColor
  /** One value for every height; null leaves a gap. */
  readonly values: readonly (number | null)[]
}

/** Rows of the table that stands for the chart. */
const TABLE_ROWS = 24
const HEIGHT = 190
/** Everything counted here comes in whole units. */
const WHOLE_STEPS = Array.from({ length: 13 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat()
const MARKER_COLORS: Readonly<Record<Marker['kind'], string>> = {
  crisisSpawned: '--bad', crisisResolved: '--ok', crisisTimedOut: '--bad', warDeclared: '--warn', warConcluded: '--warn', stage: '--info', factory: '--muted',
}

/** Lines over heights, with the newest or pointed-at values beside their names, and the same figures as a table. */
export function Chart({ title, note, heights, lines, markers = [], empty }: {
  title: string; note?: string | undefined; heights: readonly number[]; lines: readonly Line[]; markers?: readonly Marker[]; empty: string
}) {
  const { f } = useText()
  const p = usePageText()
  const [pointed, setPointed] = useState<number | null>(null)
  const at = pointed === null || pointed >= heights.length ? heights.length - 1 : pointed
  const nothing = heights.length < 2 || lines.every(({ values }) => values.every((value) => value === null || value === 0))
  return (
    <Panel title={title} aside={note !== undefined && <span className={ui.note}>{note}</span>}>
      {nothing ? <p className={ui.empty}>{heights.length < 2 ? p.economy.waiting : empty}</p> : (
        <figure className={s.figure}>
          <figcaption className={s.legend}>
            <span className={ui.muted}>{p.economy.height} {f.int(heights[at]!)}</span>
            {lines.map(({ label, color, values }) => <span key={label} data-color={color}>{label} <b>{values[at] === null || values[at] === undefined ? '–' : f.decimal(values[at])}</b></span>)}
          </figcaption>
          <Plot heights={heights} lines={lines} markers={markers} label={title} onPoint={setPointed} />
          <details className={s.twin}>
            <summary>{p.economy.asTable}</summary>
            <TableScroll label={title}>
              <table>
                <thead><tr><th scope="col" data-num>{p.economy.height}</th>{lines.map(({ label }) => <th key={label} scope="col" data-num>{label}</th>)}</tr></thead>
                <tbody>
                  {heights.map((height, index) => [height, index] as const).slice(-TABLE_ROWS).reverse().map(([height, index]) => (
                    <tr key={height}><td data-num>{f.int(height)}</td>{lines.map(({ label, values }) => <td key={label} data-num>{values[index] === null ? '–' : f.decimal(values[index]!)}</td>)}</tr>
                  ))}
                </tbody>
              </table>
            </TableScroll>
          </details>
        </figure>
      )}
    </Panel>
  )
}

function Plot({ heights, lines, markers, label, onPoint }: { heights: readonly number[]; lines: readonly Line[]; markers: readonly Marker[]; label: string; onPoint: (index: number | null) => void }) {
  const { language } = useText()
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const shown = useRef(markers)
  const theme = useStore(settingsStore, (settings) => settings.theme)
  shown.current = markers
  const shape = lines.map((line) => `${line.label} ${line.color}`).join('|')
  useEffect(() => {
    const element = host.current!
    const made = new uPlot(optionsOf(element, lines, () => shown.current, language, onPoint), dataOf(heights, lines), element)
    plot.current = made
    const resize = new ResizeObserver(() => made.setSize({ width: Math.max(120, element.clientWidth), height: HEIGHT }))
    resize.observe(element)
    return () => {
      resize.disconnect()
      made.destroy()
      plot.current = null
    }
    // Made anew only when its lines, colours or language change; figures go through `setData`.
  }, [shape, theme, language])
  useEffect(() => plot.current?.setData(dataOf(heights, lines)), [heights, lines])
  return <div ref={host} className={s.plot} role="img" aria-label={label} />
}

const dataOf = (heights: readonly number[], lines: readonly Line[]): uPlot.AlignedData => [[...heights], ...lines.map(({ values }) => [...values])]

function optionsOf(host: HTMLElement, lines: readonly Line[], markers: () => readonly Marker[], language: string, onPoint: (index: number | null) => void): uPlot.Options {
  const style = getComputedStyle(document.documentElement)
  const color = (token: string): string => style.getPropertyValue(token).trim()
  const number = new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en', { notation: 'compact', maximumFractionDigits: 1 })
  const axis: uPlot.Axis = {
    stroke: color('--muted'), grid: { stroke: color('--line'), width: 1 }, ticks: { stroke: color('--line'), width: 1 }, font: '11px system-ui, sans-serif',
  }
  return {
    width: Math.max(120, host.clientWidth), height: HEIGHT, legend: { show: false }, padding: [8, 8, 0, 0],
    scales: { x: { time: false }, y: { range: (_, low, high) => [Math.min(0, low), high <= low ? low + 1 : high + (high - low) * 0.08] } },
    axes: [
      { ...axis, values: (_, splits) => splits.map((split) => (Number.isInteger(split) ? new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en').format(split) : '')), space: 70 },
      { ...axis, values: (_, splits) => splits.map((split) => number.format(split)), size: 52, incrs: WHOLE_STEPS },
    ],
    series: [{}, ...lines.map((line): uPlot.Series => ({ label: line.label, stroke: color(`--${line.color}`), width: 1.6, spanGaps: true, points: { show: false } }))],
    cursor: { drag: { x: false, y: false }, points: { size: 7 } },
    hooks: {
      setCursor: [({ cursor }) => onPoint(cursor.idx ?? null)],
      draw: [(chart) => {
        const { ctx, bbox } = chart
        ctx.save()
        ctx.setLineDash([4, 4])
        for (const { height, kind } of markers()) {
          const x = chart.valToPos(height, 'x', true)
          if (x < bbox.left || x > bbox.left + bbox.width) continue
          ctx.strokeStyle = color(MARKER_COLORS[kind])
          ctx.beginPath()
          ctx.moveTo(x, bbox.top)
          ctx.lineTo(x, bbox.top + bbox.height)
          ctx.stroke()
        }
        ctx.restore()
      }],
    },
  }
}

/** What the dashed lines stand for, newest first. */
export function Timeline({ markers }: { markers: readonly Marker[] }) {
  const { f } = useText()
  const p = usePageText()
  if (markers.length === 0) return <p className={ui.note}>{p.economy.noTimeline}</p>
  return (
    <ol className={s.timeline} tabIndex={0} aria-label={p.economy.timeline}>
      {markers.toReversed().map((marker, index) => (
        <li key={index} data-kind={marker.kind}><small>{f.int(marker.height)}</small><span>{p.economy.markers[marker.kind]} · <PeerText value={aboutOf(marker, p)} limit={80} /></span></li>
      ))}
    </ol>
  )
}

function aboutOf({ kind, about }: Marker, p: ReturnType<typeof usePageText>): string {
  const named: Readonly<Record<string, string>> = kind === 'stage' ? p.economy.stages : kind === 'warConcluded' ? p.economy.winner : kind.startsWith('crisis') ? p.economy.crisisKinds : {}
  return named[about] ?? about
}
