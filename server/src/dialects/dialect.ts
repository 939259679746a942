import type { PaddockError } from '../base/errors.ts'
import type { CallerDialectName, DialectName } from './dialect-name.ts'
import type { DialectFacts } from './facts.ts'
import type { JsonText } from './json-text.ts'
import type { RequestLimits } from './limits.ts'
import type { NeutralAnswer, NeutralEvent, NeutralRequest } from './neutral.ts'
import type { Seen } from './relay.ts'
import type { ReasoningMemory } from './reasoning-memory.ts'
import type { EndNote } from './tell-at-end.ts'
import type { UnknownField } from './unknown-fields.ts'

/** What a dialect has to be able to do: one type for the side of the caller, one for the side of the provider. */

export type Dialect = DialectName

/** What is known of a request once it has been checked. */
export type ReadRequest = {
  readonly model: string
  readonly stream: boolean
  /** Whether the caller is to see the usage of a stream; some dialects always show it. */
  readonly includeUsage: boolean
  /** What the caller allows for each answer. */
  readonly maxTokens: number | null
  readonly n: number
  readonly messageCount: number
  /** Bytes of text in the prompt, for estimating its tokens. */
  readonly promptBytes: number
  readonly imageCount: number
  readonly hasImages: boolean
  readonly hasAudio: boolean
  readonly hasFiles: boolean
  readonly hasTools: boolean
  readonly user: string | null
  readonly metadata: ReadonlyMap<string, string>
  /** The stored answer this request goes on from, and whether its own is to be stored; null where nothing is said. */
  readonly previousResponseId: string | null
  readonly store: boolean | null
  /** Fields that are passed on unread; the first few of them. */
  readonly unknownFields: readonly UnknownField[]
  readonly fields: FieldNames
}

/** What a request calls its parts, for whoever finds fault with one of them once all is read. */
export type FieldNames = { readonly conversation: string; readonly maxTokens: string }

/** How callers speak, and are answered. */
export type CallerDialect = {
  readonly name: CallerDialectName
  /** Throws a PaddockError with the place and the mending of the first fault. */
  readRequest(json: JsonText, limits?: Partial<RequestLimits>): ReadRequest
  /** Of a request that was checked. Throws a PaddockError for what no other dialect has words for. */
  toNeutral(json: JsonText): NeutralRequest
  /** The text of the prompt, for counting its tokens. */
  promptText(json: JsonText): string
  /**
   * The caller's own bytes for a provider of the same dialect, with nothing changed but what must be. From memory comes
   * what that provider wants back and the caller did not keep.
   */
  editForProvider(json: JsonText, target: Target, memory: ReasoningMemory | null): Edited
  writeAnswer(answer: NeutralAnswer, meta: AnswerMeta): Buffer
  openWriter(meta: AnswerMeta): StreamWriter
  /** For streams whose bytes pass, because their provider speaks this dialect, too. */
  openPass(meta: AnswerMeta, context: PassContext): StreamPass
  /** The bytes of a whole answer that passes, where something in it is ours. */
  passAnswer?(bytes: Buffer, meta: AnswerMeta): Buffer
  writeError(error: PaddockError, requestId: string): Buffer
  /** An error behind the beginning of a stream: its last event, which no SDK takes for a good end. */
  writeErrorEvent(error: PaddockError, requestId: string): Buffer
  /** The end of a stream with what its caller asked to be told there. */
  tellAtEnd(end: Buffer, note: EndNote): Buffer
}

/** How providers are asked, and what they answer. */
export type ProviderDialect = {
  readonly name: DialectName
  /** What comes behind the base URL. */
  path(model: string, stream: boolean): string
  /**
   * The key and what else this dialect wants in headers. A null key is not sent; `betas` is what a caller asks for in
   * `anthropic-beta`, and only one dialect has that header. Throws a PaddockError for what no header may be.
   */
  headers(apiKey: string | null, facts: DialectFacts, betas: string | null): Readonly<Record<string, string>>
  /** Throws a PaddockError for what cannot be said in this dialect. */
  writeRequest(request: NeutralRequest, target: Target): WrittenRequest
  /** Throws provider_bad_answer for what is no answer. */
  readAnswer(bytes: Buffer, context: ReadContext): NeutralAnswer
  /** What the books want to know of an answer that passes as it is, where that is less work than to read it. Throws as `readAnswer`. */
  seeAnswer?(bytes: Buffer, context: ReadContext): Seen
  openReader(context: ReadContext): StreamReader
}

/** Which model is asked, who serves it, and what is known of that provider. */
export type Target = { readonly provider: string; readonly model: string; readonly facts: DialectFacts }

/** Names of fields that were left out, or whose value was moved into its range, are told. */
export type Edited = { readonly body: Buffer; readonly ignored: readonly string[] }

export type WrittenRequest = Edited & {
  /** The tool whose arguments are the answer, where a dialect has no other way to ask for a form. */
  readonly answerTool: string | null
}

/** What a reader must know of its request. */
export type ReadContext = {
  /** Who is read, for errors. */
  readonly provider: string
  /** Ours; ids that a provider leaves out are made from it. */
  readonly requestId: string
  readonly facts: DialectFacts
  readonly answerTool: string | null
}

export type PassContext = ReadContext & {
  /** Whether more is to be read out of what passes than the books want to know. */
  readonly wantsAll: boolean
}

/** What a writer must know of its request. */
export type AnswerMeta = {
  readonly requestId: string
  /** Told as the model where the provider names none. */
  readonly model: string
  /** Seconds since 1970. */
  readonly createdSeconds: number
  readonly includeUsage: boolean
  /** The caller's request: some dialects repeat parts of it in the answer. */
  readonly json: JsonText
  /** What becomes of the conversation, where it is ours to keep or was kept by us. */
  readonly state?: ResponseState | null
}

/** Whether an answer is kept, and which kept answer it goes on from. */
export type ResponseState = { readonly store: boolean; readonly previousResponseId: string | null }

/** Reads the payloads of a provider's events. */
export type StreamReader = {
  /** Throws provider_bad_answer when the payload cannot be read. */
  read(data: Buffer): readonly NeutralEvent[]
  /** Behind the last byte: what a stream without an end mark still has to say. */
  end(): readonly NeutralEvent[]
}

/** Writes a stream for a caller. What must wait until the books are safe is not written before `end`. */
export type StreamWriter = {
  /** What goes out at once; often nothing. */
  write(event: NeutralEvent): string
  /** The end of a good answer. */
  end(): string
  /** The end of a bad one. */
  fail(error: PaddockError): string
}

/** Looks at the events of a stream that passes. */
export type StreamPass = {
  /** Throws provider_bad_answer when the payload cannot be read. */
  pass(event: PayloadEvent): Passed
}

/** An event that says something: not a comment that keeps a connection alive. */
export type PayloadEvent = { readonly raw: Buffer; readonly data: Buffer }

export type Passed = {
  /** What of the event's bytes goes on. */
  readonly bytes: Buffer
  /** What was in it: all of it, or just what the books want to know, which is its start, usage, error and end. */
  readonly events: readonly NeutralEvent[]
  /** What the model wrote in it, for counting: as text, or where it stands there as it is, as UTF-8. */
  readonly written: string | Buffer
}
