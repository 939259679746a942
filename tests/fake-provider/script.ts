/** What the fake provider is told to do with one request. Every knob has a default, so a script names only what differs. */
export type Script = {
  /** Pieces of content, each one token. */
  readonly chunks: number
  /** Each piece is padded to this many characters; 0 leaves it as it is. */
  readonly chunkChars: number
  /** `unicode` puts Chinese, emoji and combining characters into every piece; with `json` they make one JSON object. */
  readonly text: 'words' | 'unicode' | 'json'
  /** Pieces of reasoning before the content, each one reasoning token. */
  readonly reasoning: number
  /** Tool calls after the content, each sent as a name and two pieces of arguments. */
  readonly tools: number
  /** What every called tool is named; where this is empty: tool_0, tool_1, … */
  readonly toolName: string
  /** Tools are called only until a request brings their results. */
  readonly toolsOnce: boolean
  /** Why the answer ends: because all is said, the limit is reached, or the rules forbid more. */
  readonly stop: 'end' | 'length' | 'filtered'
  readonly firstDelayMs: number
  readonly chunkDelayMs: number

  readonly promptTokens: number
  readonly cachedTokens: number
  /** Tokens of the prompt that were written to the cache. */
  readonly cacheWriteTokens: number
  /** Tokens of the answer without reasoning; -1: one for each piece of content. */
  readonly completionTokens: number
  readonly usage: UsageShape
  /** What the bill says when the caller hangs up: what was produced by then, or the whole answer. */
  readonly abortBills: 'produced' | 'full'

  readonly ids: 'unique' | 'constant'
  readonly lineEnd: 'lf' | 'crlf' | 'cr'
  readonly bom: boolean
  /** How the body is cut into HTTP chunks: one for each event, one for each byte, or a single one. */
  readonly split: 'events' | 'bytes' | 'whole'
  readonly encoding: 'identity' | 'gzip' | 'deflate' | 'br' | 'zstd'

  readonly status: number
  /** After how many failures by its status a model is well again; 0: never. */
  readonly failures: number
  readonly retryAfter: string
  readonly location: string
  readonly fault: Fault
  /** Before which piece of content a fault of the stream strikes. */
  readonly faultAt: number
}

const USAGE_SHAPES = [
  'standard',
  'missing',
  'null_everywhere',
  'last_choice',
  'deepseek',
  'reasoning_excluded',
  'zero',
  'negative',
  'huge',
  'string',
] as const
export type UsageShape = (typeof USAGE_SHAPES)[number]

const FAULTS = [
  'none',
  'hang_headers',
  'reset_headers',
  'hang_stream',
  'reset_stream',
  'close_stream',
  'truncated_json',
  'no_done',
  'error_in_stream',
  'keepalive_only',
  'html',
] as const
export type Fault = (typeof FAULTS)[number]

export const DEFAULTS: Script = {
  chunks: 5,
  chunkChars: 0,
  text: 'words',
  reasoning: 0,
  tools: 0,
  toolName: '',
  toolsOnce: false,
  stop: 'end',
  firstDelayMs: 0,
  chunkDelayMs: 0,
  promptTokens: 12,
  cachedTokens: 0,
  cacheWriteTokens: 0,
  completionTokens: -1,
  usage: 'standard',
  abortBills: 'produced',
  ids: 'unique',
  lineEnd: 'lf',
  bom: false,
  split: 'events',
  encoding: 'identity',
  status: 200,
  failures: 0,
  retryAfter: '',
  location: '',
  fault: 'none',
  faultAt: 2,
}

const CHOICES: Partial<Record<keyof Script, readonly string[]>> = {
  text: ['words', 'unicode', 'json'],
  stop: ['end', 'length', 'filtered'],
  usage: USAGE_SHAPES,
  abortBills: ['produced', 'full'],
  ids: ['unique', 'constant'],
  lineEnd: ['lf', 'crlf', 'cr'],
  split: ['events', 'bytes', 'whole'],
  encoding: ['identity', 'gzip', 'deflate', 'br', 'zstd'],
  fault: FAULTS,
}

/** A request as far as a script can hide in it. */
export type Scripted = { readonly model: string; readonly user: string | null; readonly xFake: unknown }

/**
 * The script of a request: the defaults, then `scripts[model]`, then what stands behind "+" in the model's name
 * ("small+429", "small+fault=html+chunks=9"), then the body's `x-fake` object, then a `user` of "fake:{…}".
 * Throws when a knob or its value is unknown, so that a typing error in a test cannot pass as a healthy answer.
 */
export function readScript(request: Scripted, scripts: Readonly<Record<string, Partial<Script>>>): Script {
  const [name = '', ...suffixes] = request.model.split('+')
  const layers = [
    scripts[name] ?? {},
    ...suffixes.map(readSuffix),
    request.xFake ?? {},
    request.user?.startsWith('fake:') === true ? JSON.parse(request.user.slice('fake:'.length)) : {},
  ]
  const script = Object.assign({}, DEFAULTS, ...layers) as Script
  for (const [knob, value] of Object.entries(script)) checkKnob(knob, value)
  return script
}

function readSuffix(suffix: string): Record<string, unknown> {
  if (/^[1-5]\d\d$/.test(suffix)) return { status: Number(suffix) }
  const [knob = '', value] = suffix.split('=')
  if (value === undefined) return { fault: knob }
  return { [knob]: typeof DEFAULTS[knob as keyof Script] === 'string' ? value : JSON.parse(value) }
}

function checkKnob(knob: string, value: unknown): void {
  const preset = DEFAULTS[knob as keyof Script] as unknown
  if (preset === undefined) throw new Error(`unknown knob "${knob}"`)
  const choices = CHOICES[knob as keyof Script]
  const isKnown = choices === undefined ? typeof value === typeof preset : choices.includes(String(value))
  if (!isKnown) throw new Error(`knob "${knob}" cannot be ${JSON.stringify(value)}`)
}
