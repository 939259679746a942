import { useFormat } from '../format/format.ts'
import { useText } from '../text/language.tsx'
import { Scroll } from '../ui/scroll.tsx'
import { text } from '../ui/text.ts'
import type { TimeChartProps } from './time-chart.tsx'

/** What a chart shows, as a table. */
export function ChartTable({ label, times, days = false, series, write, height = 240 }: TimeChartProps) {
  const t = useText(text)
  const { moment, day } = useFormat()
  return (
    <Scroll label={label} style={{ height }}>
      <table className="w-full text-xs">
        <thead>
          <tr className="sticky top-0 bg-page text-left text-ink-3">
            <th scope="col" className="py-1 pr-3 font-medium">
              {t.time}
            </th>
            {series.map((one) => (
              <th key={one.label} scope="col" className="px-3 py-1 text-right font-medium">
                {one.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times.map((at, place) => (
            <tr key={at} className="border-t border-line">
              <th scope="row" className="py-1 pr-3 text-left font-normal whitespace-nowrap text-ink-2">
                {days ? day(at) : moment(at)}
              </th>
              {series.map(({ label: name, values }) => {
                const value = values[place] ?? null
                return (
                  <td key={name} className="px-3 py-1 text-right">
                    {value === null ? '—' : write(value)}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}
