/** A message as far as it matters here: its text, whatever else it holds. */
export type PracticeMessage = { readonly role: string; readonly text: string }

/** A chat request, read. */
export type PracticeRequest = {
  readonly model: string
  readonly messages: readonly PracticeMessage[]
  readonly stream: boolean
  readonly includeUsage: boolean
  readonly maxTokens: number | null
  readonly offersTools: boolean
}

/** A request that is answered with an error, as the OpenAI API words errors. */
export type Refusal = { readonly status: number; readonly body: string }

export function isRefusal(read: PracticeRequest | Refusal): read is Refusal {
  return 'status' in read
}

type Fields = Readonly<Record<string, unknown>>

/** Reads the body of a chat request, or says what an OpenAI-like provider would say against it. */
export function readRequest(body: Uint8Array, models: readonly string[]): PracticeRequest | Refusal {
  const fields = parse(body)
  if (fields === null) return refuse(400, { message: 'The body of the request is not a JSON object.' })
  const { model, messages, n, stream, tools } = fields
  const maxTokens = fields['max_completion_tokens'] ?? fields['max_tokens'] ?? null
  if (typeof model !== 'string') return refuse(400, { message: 'You must provide a model parameter.', param: 'model' })
  if (!models.includes(model)) {
    const message = `The model \`${model}\` does not exist or you do not have access to it.`
    return refuse(404, { message, param: 'model', code: 'model_not_found' })
  }
  if (!Array.isArray(messages) || messages.length === 0) {
    return refuse(400, { message: 'messages must be an array with at least one message.', param: 'messages' })
  }
  if (n !== undefined && n !== null && n !== 1) {
    const message = `Unsupported value: 'n' does not support ${JSON.stringify(n)} with this model. Only 1 is supported.`
    return refuse(400, { message, param: 'n', code: 'unsupported_value' })
  }
  if (maxTokens !== null && !isCount(maxTokens)) {
    return refuse(400, { message: 'max_tokens must be a whole number of at least 1.', param: 'max_tokens' })
  }
  return {
    model,
    messages: messages.map(readMessage),
    stream: stream === true,
    includeUsage: asFields(fields['stream_options'])['include_usage'] === true,
    maxTokens,
    offersTools: Array.isArray(tools) && tools.length > 0,
  }
}

function parse(body: Uint8Array): Fields | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null
  } catch {
    return null
  }
}

function readMessage(message: unknown): PracticeMessage {
  const { role, content } = asFields(message)
  return { role: typeof role === 'string' ? role : '', text: readText(content) }
}

/** The text of a message's content: itself, or its text parts. */
function readText(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content
    .map((part) => asFields(part)['text'])
    .filter((text) => typeof text === 'string')
    .join('')
}

function asFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1
}

function refuse(status: number, error: { message: string; param?: string; code?: string }): Refusal {
  const { message, param = null, code = null } = error
  return { status, body: JSON.stringify({ error: { message, type: 'invalid_request_error', param, code } }) }
}
