/** What a provider's answer must look like to be one, told by its content type. */
export type AnswerForm = {
  /** Asked for in the header Accept. */
  readonly accept: string
  /** What was expected, for the error when something else came. */
  readonly name: string
  takes(contentType: string): boolean
  /** How long the head of an answer may take, in milliseconds, where it may take longer than usual. */
  readonly headersMsMax?: number
}

export const EVENTS: AnswerForm = named('text/event-stream', 'text/event-stream')
export const JSON_OBJECT: AnswerForm = named('json', 'application/json')

/** That of a request: a stream of events or a JSON object, where it does not ask for another. */
export function formOf(asked: { readonly stream: boolean; readonly form?: AnswerForm }): AnswerForm {
  return asked.stream ? EVENTS : (asked.form ?? JSON_OBJECT)
}

function named(name: string, accept: string): AnswerForm {
  return { name, accept, takes: (contentType) => contentType.includes(name) }
}
