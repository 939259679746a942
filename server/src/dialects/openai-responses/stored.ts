/** What one answer added to its conversation. */
export type Turn = {
  /** The items of the request's own input, as one JSON list. */
  readonly input: string
  /** The answer as it was told to the caller, as JSON. */
  readonly response: string
}

/** An answer that is kept for its caller. */
export type StoredResponse = Turn & {
  /** `resp_…`, ours. */
  readonly id: string
  readonly organisationId: string
  readonly teamId: string
  readonly keyId: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
  /** The kept answer it goes on from. */
  readonly previousId: string | null
}

/** A kept answer with all that was said before it, the oldest first. */
export type StoredConversation = StoredResponse & { readonly earlier: readonly Turn[] }

/** Where kept answers lie. */
export type StoredResponses = {
  /** False where its conversation is too large to be kept, or gone by now. Throws what the database throws. */
  save(stored: StoredResponse): Promise<boolean>
  /** Null where there is none, or none any more. */
  find(id: string): Promise<StoredConversation | null>
  /** The same without what was said before it. */
  findAlone(id: string): Promise<StoredResponse | null>
  remove(id: string): Promise<void>
  /** Whether anything is to be kept at all. */
  isOn(): boolean
}
