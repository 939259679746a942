/** A place that a running request takes up, and how many there are of its kind. */
export type Need = {
  /** What the places are counted as. */
  readonly id: string
  /** "key nightly", for messages. */
  readonly whose: string
  readonly limit: number
}

/** How many places are taken, of those that are limited. What is empty is forgotten. */
export class Places {
  readonly #taken = new Map<string, number>()

  taken(id: string): number {
    return this.#taken.get(id) ?? 0
  }

  /** The first need there is no place for. */
  missing(needs: readonly Need[]): Need | undefined {
    return needs.find(({ id, limit }) => this.taken(id) >= limit)
  }

  take(needs: readonly Need[]): void {
    for (const { id } of needs) this.#taken.set(id, this.taken(id) + 1)
  }

  free(needs: readonly Need[]): void {
    for (const { id } of needs) {
      const left = this.taken(id) - 1
      if (left === 0) this.#taken.delete(id)
      else this.#taken.set(id, left)
    }
  }
}
