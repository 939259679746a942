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

export const EVENTS: AnswerForm = formOf('text/event-stream', 'text/event-stream', { begins: 'event' })

/** It begins when it is finished: it may take as long as the official SDKs wait for one. */
export const JSON_OBJECT: AnswerForm = formOf('json', 'application/json', { begins: 'whole', headersMsMax: 600_000 })

function formOf(
  name: string,
  accept: string,
  more: Pick<AnswerForm, 'begins'> & { readonly headersMsMax?: number },
): AnswerForm {
  return { name, accept, takes: (contentType) => contentType.includes(name), ...more }
}
