import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { readScript, type Script } from './script.ts'
import { chatSpelling } from './spell-chat.ts'
import { geminiSpelling } from './spell-gemini.ts'
import { messagesSpelling } from './spell-messages.ts'
import { responsesSpelling } from './spell-responses.ts'
import { taskSpelling, type Body } from './spell-tasks.ts'
import type { Asked, Spelling } from './spelling.ts'

/** What a request asks for, in whichever dialect its path is of. */
export type Order = {
  readonly spelling: Spelling
  readonly script: Script
  readonly asked: Asked
  readonly tag: string | null
}

/** The fields of a JSON body, or of a form. */
export async function readFields(request: IncomingMessage, body: Buffer): Promise<Body> {
  const type = request.headers['content-type'] ?? ''
  if (!type.startsWith('multipart/')) return JSON.parse(body.toString()) as Body
  const form = await new Response(body, { headers: { 'content-type': type } }).formData()
  const fields = Object.fromEntries(form.entries())
  return { ...fields, stream: fields['stream'] === 'true' }
}

/** Which dialect or task a path is of; null when it is none's. */
export function spellingOf(path: string, body: Body): Spelling | null {
  if (path.endsWith('/chat/completions')) return chatSpelling
  if (path.endsWith('/responses')) return responsesSpelling
  if (path.endsWith('/messages')) return messagesSpelling
  return GEMINI_PATH.test(path) ? geminiSpelling : taskSpelling(path, body)
}

const GEMINI_PATH = /\/models\/([^/:]+):(generateContent|streamGenerateContent\?alt=sse)$/

/** Throws when the script in the request is wrong. */
export function readOrder(
  request: IncomingMessage,
  json: Body,
  { spelling, scripts }: { spelling: Spelling; scripts: Readonly<Record<string, Partial<Script>>> },
): Order {
  const inPath = GEMINI_PATH.exec(request.url ?? '')
  const model = inPath === null ? String(json['model']) : decodeURIComponent(inPath[1] ?? '')
  const user = readUser(json)
  const read = readScript({ model, user, xFake: json['x-fake'] }, scripts)
  const script = read.toolsOnce && TOOL_RESULT.test(JSON.stringify(json)) ? { ...read, tools: 0 } : read
  const { idPrefix } = spelling
  const header = request.headers['x-fake-tag']
  const options = json['stream_options'] as { include_usage?: boolean } | undefined
  const choice = json['tool_choice'] as { type?: string; name?: string } | undefined
  return {
    spelling,
    script,
    asked: {
      id: script.ids === 'constant' ? `${idPrefix}1` : `${idPrefix}fake-${randomUUID()}`,
      model,
      stream:
        inPath === null ? json['stream'] === true || json['stream_format'] === 'sse' : inPath[2] !== 'generateContent',
      includeUsage: options?.include_usage === true,
      forcedTool: choice?.type === 'tool' ? (choice.name ?? null) : null,
    },
    tag: typeof header === 'string' ? header : user,
  }
}

/** How each dialect spells what a tool has answered. */
const TOOL_RESULT = /"role":"tool"|"function_call_output"|"tool_result"|"functionResponse"/

function readUser(json: Body): string | null {
  const metadata = json['metadata'] as { user_id?: unknown } | undefined
  const user = json['user'] ?? metadata?.user_id
  return typeof user === 'string' ? user : null
}
