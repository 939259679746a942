import type { BegunWhole } from './hear.ts'
import { relayed, type Relayed } from './relayed.ts'

/** Holds a whole answer back, all of it: its last byte may not go out before its entry is safe. */
export function relayWhole({ answer, elapsed }: BegunWhole): Relayed {
  return relayed(answer.seen, {
    failure: null,
    timedOut: false,
    held: (counted) => answer.held(counted),
    firstByteElapsed: elapsed,
  })
}
