/** Holds what a change of the configuration replaces. Whoever needs it asks for the current one, and never keeps it. */
export type Reloadable<Value> = {
  current(): Value
  /** Puts the next one in its place, in one step, and gives the one before back. */
  swap(next: Value): Value
}

export function reloadable<Value>(first: Value): Reloadable<Value> {
  let current = first
  return {
    current: () => current,
    swap: (next) => {
      const before = current
      current = next
      return before
    },
  }
}
