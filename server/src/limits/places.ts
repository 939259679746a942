import { Room } from './room.ts'

/** A kind of place that a running request takes up, and how many there are. */
export type Need = {
  /** What the places are counted as. */
  readonly id: string
  /** "key nightly", for messages. */
  readonly whose: string
  readonly limit: number
}

/** Who needs which places at once. */
export type Needs = { readonly key: string; readonly places: readonly Need[] }

/** The places that are taken, of all kinds that are limited. What is empty is forgotten. */
export class Places {
  readonly #rooms = new Map<string, Room>()

  taken(id: string): number {
    return this.#rooms.get(id)?.taken ?? 0
  }

  /** The first kind of which there is no place for this key. */
  missing({ key, places }: Needs): Need | undefined {
    for (const need of places) if (this.#rooms.get(need.id)?.isOpenTo(key, need.limit) === false) return need
    return undefined
  }

  take({ key, places }: Needs, elapsed: number): void {
    for (const { id } of places) {
      let room = this.#rooms.get(id)
      if (!room) this.#rooms.set(id, (room = new Room()))
      room.take(key, elapsed)
    }
  }

  free({ key, places }: Needs): void {
    for (const { id } of places) {
      const room = this.#rooms.get(id)
      room?.free(key)
      if (room?.taken === 0) this.#rooms.delete(id)
    }
  }
}
