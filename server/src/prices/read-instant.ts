/** An instant as written in a book: a day begins at midnight in the zone of its provider. */
import { isoInstant } from '../base/clock.ts'
import { readInstant } from './instant.ts'
import { complain, textOf, type Spot } from './spot.ts'

export function instantOf(spot: Spot, zone: string): string | null {
  const text = textOf(spot)
  if (text === null) return null
  const at = readInstant(text, zone)
  return at === null
    ? complain(spot, 'must be a day such as 2024-05-21, or an instant such as 2024-05-20T16:00:00Z')
    : isoInstant(at)
}
