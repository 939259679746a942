import { createHash } from 'node:crypto'
import { excerpt, PaddockError } from '../../base/errors.ts'

/** One question of a dataset, and what is right. */
export type Item = {
  readonly id: string
  /** What is sent beside the model: `messages`, and `tools` or `response_format` where the line has them. */
  readonly request: Readonly<Record<string, unknown>>
  /** Read by the grader: a text, a pattern, a number, a schema, a call. */
  readonly answer: unknown
  /** The question in one text, for the report. */
  readonly question: string
}

export type Dataset = { readonly name: string; readonly items: readonly Item[]; readonly sha256: string }

/** What is right, as one text; null where the dataset does not say. */
export function rightOf({ answer }: Pick<Item, 'answer'>): string | null {
  if (answer === undefined) return null
  return typeof answer === 'string' ? answer : JSON.stringify(answer)
}

/** What a line may send to the model beside its messages. */
const REQUEST_FIELDS = ['tools', 'tool_choice', 'response_format', 'max_tokens', 'temperature'] as const

/**
 * Reads a JSON Lines file: `{"id"?, "prompt" or "messages", "answer", "tools"?, "response_format"?, …}` a line. Throws
 * argument_invalid naming the line. What a judge compares needs no right answer.
 */
export function readDataset(name: string, text: string, { isJudged = false } = {}): Dataset {
  const lines = text.split('\n').map((line, index) => ({ line, place: `${name}:${index + 1}` }))
  const items = lines.filter(({ line }) => line.trim() !== '').map(({ line, place }) => readItem(line, place, isJudged))
  if (items.length === 0) throw wrong(name, 'has no line with an item')
  const seen = new Set<string>()
  for (const { id } of items) {
    if (seen.has(id)) throw wrong(name, `has the id "${excerpt(id)}" twice`)
    seen.add(id)
  }
  return { name, items, sha256: createHash('sha256').update(text).digest('hex') }
}

function readItem(line: string, place: string, isJudged: boolean): Item {
  const fields = parse(line, place)
  const { id, prompt, messages, answer } = fields
  if (answer === undefined && !isJudged) throw wrong(place, 'has no "answer"')
  if ((typeof prompt === 'string') === Array.isArray(messages))
    throw wrong(place, 'needs either "prompt", a text, or "messages", a list')
  const asked = typeof prompt === 'string' ? [{ role: 'user', content: prompt }] : messages
  const more = REQUEST_FIELDS.filter((field) => fields[field] !== undefined).map((field) => [field, fields[field]])
  return {
    // An item without an id of its own is known by what it asks, wherever in the file it stands.
    id: typeof id === 'string' || typeof id === 'number' ? String(id) : digest(line),
    request: { messages: asked, ...(Object.fromEntries(more) as Record<string, unknown>) },
    answer,
    question: typeof prompt === 'string' ? prompt : JSON.stringify(messages),
  }
}

function parse(line: string, place: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch (cause) {
    throw new PaddockError('argument_invalid', { message: `${place} is not JSON.`, cause })
  }
  throw wrong(place, 'is not a JSON object')
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}

function wrong(place: string, what: string): PaddockError {
  return new PaddockError('argument_invalid', { message: `${place} ${what}.` })
}

/** Items in an order that nobody chose: by a hash of the seed and the id, so that a race can go on where it stopped. */
export function shuffled(items: readonly Item[], seed: string): Item[] {
  return items
    .map((item) => ({ item, key: createHash('sha256').update(`${seed}|${item.id}`).digest('hex') }))
    .toSorted((one, other) => (one.key < other.key ? -1 : 1))
    .map(({ item }) => item)
}
