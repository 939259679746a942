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

export const EVENTS: AnswerForm = formOf('text/event-stream', 'text/event-stream')
export const JSON_OBJECT: AnswerForm = formOf('json', 'application/json')

function formOf(name: string, accept: string): AnswerForm {
  return { name, accept, takes: (contentType) => contentType.includes(name) }
}
