import type { Needs, Places } from './places.ts'

/** Why a waiting request gets no place. */
export type Refused = 'full' | 'late' | 'stopping'

/** A request that waits for places. One of the two calls comes, once, unless it leaves by itself. */
export type Waiter = {
  readonly needs: Needs
  /** Turns of its key in a round. */
  readonly weight: number
  /** Requests of a key in the same lane need the same places, so the first of them stands for all. */
  readonly lane: string
  /** When it began to wait. */
  readonly since: number
  /** It is its turn: it takes its places before it returns. */
  readonly granted: () => void
  readonly refused: (why: Refused) => void
}

/** Sets and maps keep the order of insertion: a lane is a line of people, and the flows are a ring of keys. */
type Lane = Set<Waiter>
type Flow = { readonly lanes: Map<string, Lane>; weight: number; turnsLeft: number; length: number }

/**
 * Requests that wait for places, in weighted round-robin between keys: in every round a key with waiting requests has as
 * many turns as its weight says, however many of them wait. Within a key the oldest goes first of those there is room
 * for. At rest nobody waits for whom there is room.
 */
export class FairQueue {
  readonly #places: Places
  readonly #flows = new Map<string, Flow>()
  #length = 0

  constructor(places: Places) {
    this.#places = places
  }

  get length(): number {
    return this.#length
  }

  /** How many requests of a key wait. */
  lengthOf(key: string): number {
    return this.#flows.get(key)?.length ?? 0
  }

  /** Whether a request of this key could wait. In a full queue it could where another key waits with more for its weight. */
  hasRoom(newcomer: Pick<Waiter, 'needs' | 'weight'>, lengthMax: number): boolean {
    return this.#length < lengthMax || this.#whoYieldsTo(newcomer) !== null
  }

  /** Lines a request up. If the queue is full, either it is refused or the newest of the key that waits with the most. */
  join(waiter: Waiter, lengthMax: number): void {
    if (this.#length >= lengthMax) {
      const yielding = this.#whoYieldsTo(waiter)
      if (yielding === null) {
        waiter.refused('full')
        return
      }
      this.#refuse(newestOf(yielding), 'full')
    }
    this.#lineUp(waiter)
  }

  /** Takes a waiting request out without a word. */
  leave(waiter: Waiter): void {
    const { key } = waiter.needs
    const flow = this.#flows.get(key)
    const lane = flow?.lanes.get(waiter.lane)
    if (!flow || !lane?.delete(waiter)) return
    this.#length -= 1
    flow.length -= 1
    if (lane.size === 0) flow.lanes.delete(waiter.lane)
    if (flow.length === 0) this.#flows.delete(key)
  }

  /**
   * Gives places to those whose turn it is, until there is room for nobody or so many have got one. To be called whenever
   * places became free.
   */
  serve(most: number): void {
    let left = most
    // A key whose turns are used up goes to the end of the ring, and this loop meets it again there.
    for (const [key, flow] of this.#flows) {
      if (left <= 0) return
      left -= this.#serveKey(flow, left)
      if (flow.turnsLeft > 0 || flow.length === 0) continue
      flow.turnsLeft = flow.weight
      this.#flows.delete(key)
      this.#flows.set(key, flow)
    }
  }

  /** Refuses all that began to wait at this time or before. */
  refuseSince(time: number, why: Refused): void {
    for (const flow of this.#flows.values()) {
      for (const lane of flow.lanes.values()) this.#refuseLane(lane, time, why)
    }
  }

  #refuseLane(lane: Lane, time: number, why: Refused): void {
    for (const waiter of lane) {
      if (waiter.since > time) return
      this.#refuse(waiter, why)
    }
  }

  #refuse(waiter: Waiter, why: Refused): void {
    this.leave(waiter)
    waiter.refused(why)
  }

  #lineUp(waiter: Waiter): void {
    const { weight } = waiter
    const { key } = waiter.needs
    const flow = this.#flows.get(key) ?? { lanes: new Map<string, Lane>(), weight, turnsLeft: weight, length: 0 }
    const lane = flow.lanes.get(waiter.lane) ?? new Set()
    flow.weight = weight
    flow.length += 1
    this.#length += 1
    this.#flows.set(key, flow)
    flow.lanes.set(waiter.lane, lane.add(waiter))
  }

  /** How many got a place. */
  #serveKey(flow: Flow, most: number): number {
    const turns = Math.min(flow.turnsLeft, most)
    for (let served = 0; served < turns; served += 1) {
      const waiter = this.#nextOf(flow)
      if (!waiter) return served
      this.leave(waiter)
      flow.turnsLeft -= 1
      waiter.granted()
    }
    return turns
  }

  /** The oldest request of a key that there is room for. */
  #nextOf(flow: Flow): Waiter | null {
    let oldest: Waiter | null = null
    for (const [first] of flow.lanes.values()) {
      if (!first || this.#places.missing(first.needs)) continue
      if (oldest === null || first.since < oldest.since) oldest = first
    }
    return oldest
  }

  /** The key that has to make room for a newcomer in a full queue: none, unless that makes the queue fairer. */
  #whoYieldsTo({ needs: { key }, weight }: Pick<Waiter, 'needs' | 'weight'>): Flow | null {
    const [first, ...others] = this.#flows.values()
    if (!first) return null
    const longest = others.reduce((one, other) => (crowding(other) > crowding(one) ? other : one), first)
    return crowding(longest) > (this.lengthOf(key) + 1) / weight ? longest : null
  }
}

/** How much of a key waits, measured by its weight. */
function crowding({ length, weight }: Flow): number {
  return length / weight
}

/** A flow is never empty. */
function newestOf(flow: Flow): Waiter {
  const waiters = [...flow.lanes.values()].flatMap((lane) => [...lane])
  return waiters.reduce((one, other) => (other.since >= one.since ? other : one))
}
