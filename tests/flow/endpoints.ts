/** How the same is asked of each endpoint that takes a conversation, so that one table of input serves them all. */

export type Spelling = {
  readonly path: string
  /** The field that holds the conversation. */
  readonly conversation: string
  readonly maxTokens: string
  /** What a list of stops is called; null where there is none. */
  readonly stop: string | null
  /** Where the form of an answer stands in the body, as a pointer to its schema. */
  readonly schemaAt: string
  /** A parameter that says whether a caller takes several answers; null where there is no such thing. */
  readonly choices: string | null
  /** The field in which the caller's own user is named, as a pointer. */
  readonly userAt: string
  /** A request with the least that is needed, and what is given besides. */
  readonly ask: (more?: object) => Record<string, unknown>
  readonly image: (url: string) => object
  /** Null where a file has no name. */
  readonly file: (name: string) => object | null
  readonly pdf: (base64: string) => object
  readonly tool: (name: unknown) => object
  /** A server that offers tools, and where its address stands. */
  readonly toolServer: (url: string) => object
  readonly toolServerAt: string
  readonly format: (schema: unknown) => object
  /** What a tool has answered to a call that was never made. */
  readonly result: (id: string) => object
  readonly user: (name: string) => object
}

const model = 'lab/large'
const said = [{ role: 'user', content: 'x' }]
const PDF = 'JVBERg=='

const fileData = (base64: string): string => `data:application/pdf;base64,${base64}`
const chatFile = (filename: string, base64: string): object => ({
  type: 'file',
  file: { filename, file_data: fileData(base64) },
})
const responsesFile = (filename: string, base64: string): object => ({
  type: 'input_file',
  filename,
  file_data: fileData(base64),
})

const toolsOfServers: Pick<Spelling, 'toolServer' | 'toolServerAt'> = {
  toolServer: (url) => ({ tools: [{ type: 'mcp', server_label: 's', server_url: url }] }),
  toolServerAt: '/tools/0/server_url',
}

const chat: Spelling = {
  path: '/v1/chat/completions',
  conversation: 'messages',
  maxTokens: 'max_tokens',
  stop: 'stop',
  schemaAt: '/response_format/json_schema/schema',
  choices: 'n',
  userAt: '/user',
  ask: (more = {}) => ({ model, messages: said, ...more }),
  image: (url) => ({ type: 'image_url', image_url: { url } }),
  file: (name) => chatFile(name, PDF),
  pdf: (base64) => chatFile('a.pdf', base64),
  tool: (name) => ({ type: 'function', function: { name, parameters: { type: 'object' } } }),
  ...toolsOfServers,
  format: (schema) => ({ response_format: { type: 'json_schema', json_schema: { name: 'form', schema } } }),
  result: (id) => ({ role: 'tool', tool_call_id: id, content: 'x' }),
  user: (name) => ({ user: name }),
}

const responses: Spelling = {
  path: '/v1/responses',
  conversation: 'input',
  maxTokens: 'max_output_tokens',
  stop: null,
  schemaAt: '/text/format/schema',
  choices: null,
  userAt: '/user',
  ask: (more = {}) => ({ model, input: said, ...more }),
  image: (url) => ({ type: 'input_image', image_url: url }),
  file: (name) => responsesFile(name, PDF),
  pdf: (base64) => responsesFile('a.pdf', base64),
  tool: (name) => ({ type: 'function', name, parameters: { type: 'object' } }),
  ...toolsOfServers,
  format: (schema) => ({ text: { format: { type: 'json_schema', name: 'form', schema } } }),
  result: (id) => ({ type: 'function_call_output', call_id: id, output: 'x' }),
  user: (name) => ({ user: name }),
}

const messages: Spelling = {
  path: '/v1/messages',
  conversation: 'messages',
  maxTokens: 'max_tokens',
  stop: 'stop_sequences',
  schemaAt: '/output_config/format/schema',
  choices: null,
  userAt: '/metadata/user_id',
  ask: (more = {}) => ({ model, max_tokens: 100, messages: said, ...more }),
  image: (url) => ({ type: 'image', source: sourceOf(url) }),
  file: () => null,
  pdf: (data) => ({ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data } }),
  tool: (name) => ({ name, input_schema: { type: 'object' } }),
  toolServer: (url) => ({ mcp_servers: [{ type: 'url', name: 's', url }] }),
  toolServerAt: '/mcp_servers/0/url',
  format: (schema) => ({ output_config: { format: { type: 'json_schema', schema } } }),
  result: (id) => ({ role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: 'x' }] }),
  user: (name) => ({ metadata: { user_id: name } }),
}

/** Data has a place of its own here. */
function sourceOf(url: string): object {
  const [, type, data] = /^data:([^;]*);base64,(.*)$/.exec(url) ?? []
  return type === undefined ? { type: 'url', url } : { type: 'base64', media_type: type, data }
}

export const SPELLINGS: readonly Spelling[] = [
  chat,
  responses,
  messages,
  { ...messages, path: '/v1/messages/count_tokens', ask: (more = {}) => ({ model, messages: said, ...more }) },
]
