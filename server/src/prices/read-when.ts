/** Conditions as written in a book or in paddock.yaml. */
import type { Calendars } from './calendar.ts'
import { toInterval } from './conditions.ts'
import { readDay } from './instant.ts'
import { MODALITIES, SERVICE_TIERS, WEEKDAYS, type Bounds, type TimeCondition, type When } from './row.ts'
import {
  choiceOf,
  compact,
  complain,
  countFields,
  fieldsOf,
  flagOf,
  isEmpty,
  listOf,
  optionalOf,
  textOf,
  wholeOf,
  type Spot,
} from './spot.ts'
import { readWindow } from './time.ts'
import { isZone } from './zone.ts'

const WHEN_KEYS = new Set([
  'input_tokens',
  'output_tokens',
  'context_window',
  'thinking',
  'modality',
  'service_tier',
  'time',
])
const OPERATORS = new Set(['gt', 'gte', 'lt', 'lte'])
const TIME_KEYS = new Set(['zone', 'windows', 'weekdays', 'from', 'to', 'not_on', 'only_on'])

/** The condition, or null after a report. An empty one is refused: it would hold always, and hide the prices beside it. */
export function readWhen(spot: Spot, calendars: Calendars): When | null {
  const field = fieldsOf(spot, WHEN_KEYS)
  if (field === null) return null
  const when = compact<When>({
    input_tokens: optionalOf(field('input_tokens'), readBounds),
    output_tokens: optionalOf(field('output_tokens'), readBounds),
    context_window: optionalOf(field('context_window'), readBounds),
    thinking: optionalOf(field('thinking'), flagOf),
    modality: optionalOf(field('modality'), (at) => choiceOf(at, MODALITIES)),
    service_tier: optionalOf(field('service_tier'), (at) => choiceOf(at, SERVICE_TIERS)),
    time: optionalOf(field('time'), (at) => readTime(at, calendars)),
  })
  return isEmpty(spot) ? complain(spot, `must name a condition: ${[...WHEN_KEYS].join(', ')}`) : when
}

function readBounds(spot: Spot): Bounds | null {
  const field = fieldsOf(spot, OPERATORS)
  if (field === null) return null
  const limit = (operator: string): number | null => optionalOf(field(operator), wholeOf)
  const bounds = compact<Bounds>({ gt: limit('gt'), gte: limit('gte'), lt: limit('lt'), lte: limit('lte') })
  const { gt, gte, lt, lte } = bounds
  const isDouble = (gt !== undefined && gte !== undefined) || (lt !== undefined && lte !== undefined)
  if (isDouble || isEmpty(spot)) {
    return complain(spot, 'must have one lower limit (gt or gte), one upper limit (lt or lte), or both')
  }
  const { min, max } = toInterval(bounds)
  return min > max ? complain(spot, 'must leave room between its limits') : bounds
}

function readTime(spot: Spot, calendars: Calendars): TimeCondition | null {
  const field = fieldsOf(spot, TIME_KEYS)
  const zone = field && zoneOf(field('zone'))
  if (field === null || zone === null) return null
  const calendar = (at: Spot): string | null => choiceOf(at, [...calendars.keys()])
  const time = compact<TimeCondition>({
    zone,
    windows: filledListOf(field('windows'), windowOf),
    weekdays: filledListOf(field('weekdays'), (at) => choiceOf(at, WEEKDAYS)),
    from: optionalOf(field('from'), dayOf),
    to: optionalOf(field('to'), dayOf),
    not_on: optionalOf(field('not_on'), calendar),
    only_on: optionalOf(field('only_on'), calendar),
  })
  if (time.from !== undefined && time.to !== undefined && time.to <= time.from)
    return complain(field('to'), 'must be later than from')
  if (time.not_on !== undefined && time.only_on !== undefined)
    return complain(spot, 'must have not_on or only_on, not both')
  if (countFields(spot) === 1) return complain(spot, 'must say when: windows, weekdays, from, to, not_on or only_on')
  return time
}

export function zoneOf(spot: Spot): string | null {
  const zone = textOf(spot)
  return zone === null || isZone(zone) ? zone : complain(spot, 'must be an IANA time zone such as Asia/Shanghai')
}

/** An empty list would mean never, and was hardly meant to. */
function filledListOf<T>(spot: Spot, read: (spot: Spot) => T | null): readonly T[] | null {
  const isEmptyList = Array.isArray(spot.value) && spot.value.length === 0
  return isEmptyList ? complain(spot, 'must have an item, or be left out') : listOf(spot, read)
}

function windowOf(spot: Spot): string | null {
  const window = textOf(spot)
  return window === null || readWindow(window) ? window : complain(spot, 'must be a window such as 09:00-12:00')
}

function dayOf(spot: Spot): string | null {
  const day = textOf(spot)
  return day === null || readDay(day) !== null ? day : complain(spot, 'must be a day such as 2024-05-21')
}
