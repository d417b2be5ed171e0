import s from './modules.module.css'

const WIDTH = 600
const HEIGHT = 56

/** A line without axes, as wide as its place: the course of one figure. `label` says it in words. */
export function Sparkline({ values, label }: { values: readonly number[]; label: string }) {
  const most = Math.max(1, ...values)
  const step = values.length < 2 ? 0 : (WIDTH - 8) / (values.length - 1)
  const points = values.map((value, index) => `${(4 + index * step).toFixed(1)},${(HEIGHT - 4 - (value / most) * (HEIGHT - 8)).toFixed(1)}`)
  return (
    <svg className={s.spark} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <polyline points={points.join(' ')} />
    </svg>
  )
}
