import { distorted, NO_TOKENS, range, wholeTokens } from './answer.ts'
import type { Script } from './script.ts'
import { chatSpelling } from './spell-chat.ts'
import { EventList, type Asked, type Charged, type Spelling, type StreamEvent } from './spelling.ts'

/** The endpoints beside conversations: each answers what was asked for, and knows what it charges for that. */

/** A request's fields: of its JSON, or of its form. */
export type Body = Readonly<Record<string, unknown>>

/** What a task has of its own; it fails like a conversation does. */
type Answers = Pick<Spelling, 'wholeAnswer' | 'whole'> &
  Partial<Pick<Spelling, 'contentType' | 'sound' | 'streamEvents'>>

/** How a task at this path answers this body; null for any other path. */
export function taskSpelling(path: string, body: Body): Spelling | null {
  const answers = Object.entries(TASKS).find(([end]) => path.endsWith(end))?.[1](body)
  return answers === undefined ? null : { ...chatSpelling, idPrefix: 'task-', ...answers }
}

const TASKS: Readonly<Record<string, (body: Body) => Answers>> = {
  '/embeddings': embeddings,
  '/rerank': rerank,
  '/images/generations': images,
  '/audio/speech': speech,
  '/audio/transcriptions': transcriptions,
}

/** Vectors of eighths, which a float of 32 bits holds exactly. */
function embeddings({ input, dimensions = 4, encoding_format }: Body): Answers {
  const isOne = typeof input === 'string' || (Array.isArray(input) && typeof input[0] === 'number')
  const count = isOne ? 1 : (input as unknown[]).length
  const vector = (index: number): number[] => range(Number(dimensions)).map((place) => (index + place) / 8)
  const spelled = (values: number[]): unknown =>
    encoding_format === 'base64' ? Buffer.from(Float32Array.from(values).buffer).toString('base64') : values
  return {
    whole: (script) => ({ tokens: promptOf(script), units: {} }),
    wholeAnswer: (script, { model }) =>
      JSON.stringify({
        object: 'list',
        model,
        data: range(count).map((index) => ({ object: 'embedding', index, embedding: spelled(vector(index)) })),
        usage: distorted(script, { prompt_tokens: script.promptTokens, total_tokens: script.promptTokens }),
      }),
  }
}

/** A model whose name begins with "search" bills by searches, any other by tokens. */
function rerank({ documents, model, top_n }: Body): Answers {
  const { length } = documents as unknown[]
  const bySearch = String(model).startsWith('search')
  const searches = Math.ceil(length / 100)
  return {
    whole: (script) =>
      bySearch ? { tokens: NO_TOKENS, units: { search_unit: searches } } : { tokens: promptOf(script), units: {} },
    wholeAnswer: (script, asked) =>
      JSON.stringify({
        id: asked.id,
        model: asked.model,
        results: range(Math.min(length, Number(top_n ?? length))).map((index) => ({
          index,
          relevance_score: 1 / (index + 1),
        })),
        ...(bySearch
          ? { meta: { billed_units: distorted(script, { search_units: searches }) } }
          : { usage: distorted(script, { total_tokens: script.promptTokens }) }),
      }),
  }
}

/** A model whose name begins with "token" bills by tokens, a thousand for an image; any other by the image, and says nothing. */
function images({ n, model }: Body): Answers {
  const count = Number(n ?? 1)
  const byToken = String(model).startsWith('token')
  const usage = (script: Script): object | undefined =>
    byToken
      ? distorted(script, {
          input_tokens: script.promptTokens,
          input_tokens_details: { text_tokens: script.promptTokens, image_tokens: 0 },
          output_tokens: count * 1_000,
          total_tokens: script.promptTokens + count * 1_000,
        })
      : undefined
  const image = Buffer.from('an image').toString('base64')
  return {
    whole: (script) =>
      byToken
        ? { tokens: promptOf(script), units: { image_output: count * 1_000 } }
        : { tokens: NO_TOKENS, units: { image: count } },
    wholeAnswer: (script) =>
      JSON.stringify({
        created: 1_716_000_000,
        data: range(count).map(() => ({ b64_json: image })),
        usage: usage(script),
      }),
    streamEvents: (script) => {
      const list = new EventList()
      list.addPiece(null, { type: 'image_generation.partial_image', b64_json: image, partial_image_index: 0 })
      return list.end(null, { type: 'image_generation.completed', b64_json: image, usage: usage(script) })
    },
  }
}

/** As many pieces as the script says, each of a thousand bytes unless it says how many. */
function speech({ input, response_format = 'mp3' }: Body): Answers {
  return {
    contentType: response_format === 'pcm' ? 'application/octet-stream' : 'audio/mpeg',
    whole: () => ({ tokens: NO_TOKENS, units: { character: Array.from(String(input)).length } }),
    wholeAnswer: () => '',
    sound: ({ chunks, chunkChars }) => range(chunks).map((piece) => Buffer.alloc(chunkChars || 1_000, piece)),
    streamEvents: (script) => {
      const list = new EventList()
      for (const piece of range(script.chunks)) {
        list.addPiece(null, { type: 'speech.audio.delta', audio: Buffer.from(`w${piece}`).toString('base64') })
      }
      return list.end(null, {
        type: 'speech.audio.done',
        usage: distorted(script, { input_tokens: script.promptTokens, output_tokens: script.chunks }),
      })
    },
  }
}

/**
 * Says what it heard: how many bytes, of what name and type. A model whose name begins with "token" bills by tokens, any
 * other by seven seconds, of which only the verbose form tells.
 */
function transcriptions({ file, model, response_format = 'json' }: Body): Answers {
  if (!(file instanceof File)) throw new Error('there is no file')
  const byToken = String(model).startsWith('token')
  const text = `${file.size} bytes of ${file.name}, ${file.type}`
  const usage = (script: Script): object => ({
    type: 'tokens',
    ...distorted(script, {
      input_tokens: script.promptTokens,
      input_token_details: { text_tokens: 2, audio_tokens: script.promptTokens - 2 },
      output_tokens: 5,
    }),
  })
  const isText = ['text', 'srt', 'vtt'].includes(String(response_format))
  return {
    ...(isText ? { contentType: 'text/plain; charset=utf-8' } : {}),
    whole: (script) =>
      byToken
        ? { tokens: { ...NO_TOKENS, input: 2, output: 5 }, units: { audio_input: script.promptTokens - 2 } }
        : { tokens: NO_TOKENS, units: { audio_second: 7 } },
    wholeAnswer: (script) => {
      if (isText) return `${text}\n`
      const isVerbose = response_format === 'verbose_json'
      const seconds = script.usage === 'missing' ? { duration: 6.4 } : { usage: { type: 'duration', seconds: 7 } }
      return JSON.stringify({ text, ...(byToken ? { usage: usage(script) } : isVerbose ? seconds : {}) })
    },
    streamEvents: (script, _asked: Asked): StreamEvent[] => {
      const list = new EventList()
      for (const word of text.split(' ')) list.addPiece(null, { type: 'transcript.text.delta', delta: `${word} ` })
      return list.end(null, { type: 'transcript.text.done', text, ...(byToken ? { usage: usage(script) } : {}) })
    },
  }
}

function promptOf(script: Script): Charged['tokens'] {
  return { ...wholeTokens(script), output: 0, reasoning: 0 }
}
