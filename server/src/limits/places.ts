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
    return places.find(({ id, limit }) => this.#rooms.get(id)?.isOpenTo(key, limit) === false)
  }

  take({ key, places }: Needs, elapsed: number): void {
    for (const { id } of places) {
      const room = this.#rooms.get(id) ?? new Room()
      room.take(key, elapsed)
      this.#rooms.set(id, room)
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
