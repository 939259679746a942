type SparklineProps = { readonly values: readonly number[]; readonly label: string }

const WIDTH = 96
const HEIGHT = 24

/** The shape of something over time, without numbers. */
export function Sparkline({ values, label }: SparklineProps) {
  const top = Math.max(...values, 0) || 1
  const step = WIDTH / Math.max(1, values.length - 1)
  const points = values.map(
    (value, at) => `${(at * step).toFixed(1)},${(HEIGHT - 2 - (value / top) * (HEIGHT - 4)).toFixed(1)}`,
  )
  return (
    <svg role="img" aria-label={label} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className="h-6 w-24 shrink-0 text-accent">
      <polyline
        points={points.join(' ')}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  )
}
