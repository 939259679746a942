/** A map that forgets what was not touched for longest once it is full: names come from callers, memory is ours. */
export type BoundedMap<Value> = {
  /** Looking does not count as touching. */
  get(key: string): Value | undefined
  set(key: string, value: Value): void
  delete(key: string): void
  readonly size: number
  keys(): IterableIterator<string>
}

export function boundedMap<Value>(sizeMax: number): BoundedMap<Value> {
  const map = new Map<string, Value>()
  return {
    get: (key) => map.get(key),
    set: (key, value) => {
      // A Map keeps the order of insertion, so what is set anew moves to the end and the oldest is the first.
      map.delete(key)
      map.set(key, value)
      if (map.size <= sizeMax) return
      const oldest = map.keys().next()
      if (oldest.done !== true) map.delete(oldest.value)
    },
    delete: (key) => {
      map.delete(key)
    },
    get size() {
      return map.size
    },
    keys: () => map.keys(),
  }
}
