import type { Answer } from '@paddock/webkit/api/operation.ts'
import { TimeChart } from '@paddock/webkit/charts/time-chart.tsx'
import { useText } from '@paddock/webkit/text/language.tsx'
import { Empty, Panel } from '@paddock/webkit/ui/panel.tsx'
import { ChartSpline } from 'lucide-react'
import { useMemo } from 'react'
import { courseChart } from './course-series.ts'
import { usePoints } from './points.ts'
import { text } from './race-text.ts'

type CourseProps = { readonly of: Answer<'races.find'>; readonly challenger: string }

const BAND = [1, 2] as const

/** The difference in quality over time: estimate, the interval that holds at all looks at once, and the line it has to stay above. */
export function Course({ of: { course, plan, phases, race }, challenger }: CourseProps) {
  const t = useText(text)
  const points = usePoints()
  const own = useMemo(
    () => course.filter((point) => point.challenger === challenger && point.n > 0),
    [course, challenger],
  )
  const chart = useMemo(
    () =>
      courseChart(own, plan.margin, {
        estimate: t.estimate,
        low: t.low,
        high: t.high,
        margin: t.marginLine(points(-plan.margin)),
      }),
    [own, plan.margin, t, points],
  )
  const marks = useMemo(
    () => [
      ...phases
        .slice(1)
        .flatMap(({ since, kind }) => (kind === 'race' ? [{ at: Date.parse(since), label: t.moreTraffic }] : [])),
      ...(race.promotion ? [{ at: Date.parse(race.promotion.at), label: t.promotedMark }] : []),
    ],
    [phases, race.promotion, t],
  )
  return (
    <Panel title={t.course} hint={t.courseHint}>
      {own.length === 0 ? (
        <Empty icon={ChartSpline} title={t.noCourse} />
      ) : (
        <TimeChart
          label={t.course}
          height={380}
          times={chart.times}
          series={chart.series}
          range={chart.range}
          band={BAND}
          marks={marks}
          write={points}
        />
      )}
    </Panel>
  )
}
