/** Items that share a key, in their order. */
export function groupBy<K, T>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}

/** Every two items once. */
export function pairsOf<T>(items: readonly T[]): (readonly [T, T])[] {
  return items.flatMap((left, index) => items.slice(index + 1).map((right) => [left, right] as const))
}
