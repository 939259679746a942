/** The latest durations of something, a fixed number of them, for asking how long it takes at most as a rule. */
export type RecentTimes = {
  add(ms: number): void
  /** What 95 of 100 did not exceed; null while too few were seen. */
  percentile95(): number | null
}

const KEPT = 200
const SEEN_MIN = 20

export function recentTimes(): RecentTimes {
  const times = new Float64Array(KEPT)
  let seen = 0
  return {
    add: (ms) => {
      times[seen % KEPT] = ms
      seen += 1
    },
    percentile95: () => {
      if (seen < SEEN_MIN) return null
      const sorted = times.slice(0, seen).sort()
      return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? null
    },
  }
}
