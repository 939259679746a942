/** An answer that is kept for its caller, with the conversation that led to it. */
export type StoredResponse = {
  /** `resp_…`, ours. */
  readonly id: string
  readonly organisationId: string
  readonly teamId: string
  readonly keyId: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
  /** All items of the conversation before the answer, as one JSON list. */
  readonly input: string
  /** The answer as it was told to the caller, as JSON. */
  readonly response: string
}

/** Where kept answers lie. */
export type StoredResponses = {
  /** False where it is too large to be kept. Throws what the database throws. */
  save(stored: StoredResponse): Promise<boolean>
  /** Null where there is none, or none any more. */
  find(id: string): Promise<StoredResponse | null>
  remove(id: string): Promise<void>
  /** Whether anything is to be kept at all. */
  isOn(): boolean
}
