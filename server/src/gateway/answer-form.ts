/** What a provider's answer must look like to be one, told by its content type. */
export type AnswerForm = {
  /** Asked for in the header Accept. */
  readonly accept: string
  /** What was expected, for the error when something else came. */
  readonly name: string
  takes(contentType: string): boolean
  /** Whether it is passed on event by event, byte by byte, or only when it is there whole. */
  readonly begins: 'event' | 'byte' | 'whole'
  /** How long the head of an answer may take, in milliseconds, where it may take longer than usual. */
  readonly headersMsMax?: number
}

export const EVENTS: AnswerForm = formOf('text/event-stream', 'text/event-stream', 'event')
export const JSON_OBJECT: AnswerForm = formOf('json', 'application/json', 'whole')

function formOf(name: string, accept: string, begins: AnswerForm['begins']): AnswerForm {
  return { name, accept, takes: (contentType) => contentType.includes(name), begins }
}
