import type { TaskName } from '@paddock/contract/tasks'
import { NO_USAGE, type ExtraUsage, type Usage, type UsageSource } from '@paddock/contract/usage'
import type { JsonValue } from '../../dialects/json-text.ts'
import type { Caller } from '../../callers/caller.ts'
import type { Destination } from '../../routing/table.ts'
import type { Measure } from '../../dialects/usage-reading.ts'
import type { AnswerForm } from '../answer-form.ts'
import type { Exchange } from '../exchange.ts'
import type { GatewayLimits } from '../gateway.ts'

/** One endpoint beside the conversations: how its requests are read and sent on, and how what they used is counted. */
export type Task = {
  readonly name: TaskName
  /** The field with the text, or with most of it. */
  readonly promptField: string
  /** Throws a PaddockError with the place and the mending of the first fault. */
  read(received: Received): Promise<TaskRequest>
}

/** A request whose body has yet to be read. */
export type Received = {
  readonly exchange: Exchange
  readonly bounds: GatewayLimits
  /** Named to a caller who names no model. */
  readonly modelsOffered: readonly string[]
}

/** What is known of a request once it has been checked. */
export type TaskRequest = {
  readonly model: string
  readonly user: string | null
  /** Whether the answer is a stream of events. */
  readonly stream: boolean
  /** Bytes of text in it, and how many answers it asks for: keys may have caps on both. */
  readonly promptBytes: number
  readonly n: number
  /** What an answer looks like. */
  readonly form: AnswerForm
  /** The request for this model of a provider; nothing else is changed. */
  write(model: string): TaskBody
  /** The most it can use, counted in every way it may be priced, the likeliest first. */
  readonly atMost: readonly Usage[]
  /** What a JSON answer, or the last event of a stream, says was used. */
  told(answer: JsonValue): readonly Measure[]
  /** What was used as we count it, for an answer that does not say. */
  count(): Promise<readonly Measure[]>
}

/** A request that was read, understood and allowed. */
export type TaskOrder = {
  readonly caller: Caller
  readonly task: Task
  readonly asked: TaskRequest & { readonly hasImages: false; readonly hasTools: false }
  readonly destination: Destination
}

export type TaskBody = { readonly contentType: string; readonly bytes: Buffer }

/** So many units that are no tokens of text. */
export function units(extra: ExtraUsage): Usage {
  return { ...NO_USAGE, extra }
}

export function measured(source: UsageSource, usage: Usage, method: string): Measure {
  return { usage, source, method }
}
