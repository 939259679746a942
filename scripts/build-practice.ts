import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { brotliCompressSync, constants, gunzipSync } from 'node:zlib'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'

/**
 * Builds practice/ from the GSM8K part of ZeroEval: gsm_prompts.jsonl.gz (id, prompt, answer) and gsm_outputs/*.jsonl.gz
 * (id, output). Usage: npx tsx scripts/build-practice.ts <folder>
 */

type Prompt = { readonly id: string; readonly prompt: string; readonly answer: string }
type Output = { readonly id: string; readonly output: string }

const [source] = process.argv.slice(2)
if (source === undefined) throw new Error('Usage: npx tsx scripts/build-practice.ts <folder>')
const target = join(import.meta.dirname, '..', 'practice')

const prompts = readLines<Prompt>(join(source, 'gsm_prompts.jsonl.gz'))
const frame = frameOf(prompts)
write('problems.json.br', {
  before: frame.before,
  after: frame.after,
  problems: prompts.map(({ prompt, answer }) => {
    const question = prompt.slice(frame.before.length, -frame.after.length)
    return {
      question,
      answer: answer.replace(/^# /, ''),
      question_tokens: countTokens(question),
      prompt_tokens: countTokens(prompt),
    }
  }),
})

mkdirSync(join(target, 'answers'), { recursive: true })
for (const file of readdirSync(join(source, 'gsm_outputs'))) {
  const outputs = readLines<Output>(join(source, 'gsm_outputs', file))
  checkOrder(outputs)
  const answers = outputs.map(({ output }) => output)
  const model = basename(file, '.jsonl.gz').toLowerCase()
  write(join('answers', `${model}.json.br`), { answers, tokens: answers.map((answer) => countTokens(answer)) })
}

function readLines<Line>(path: string): Line[] {
  const text = gunzipSync(readFileSync(path)).toString('utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
}

/** What stands before and after the question in every prompt. */
function frameOf(all: readonly Prompt[]): { before: string; after: string } {
  const [, before = '', after = ''] =
    /^(.*?## Question: \n\n).*(\n\n\n## Instruction.*)$/s.exec(all[0]?.prompt ?? '') ?? []
  const stray = all.find(({ prompt }) => !prompt.startsWith(before) || !prompt.endsWith(after))
  if (before === '' || stray !== undefined) throw new Error(`Prompt ${stray?.id ?? '0'} is not framed like the others.`)
  checkOrder(all)
  return { before, after }
}

/** The place of a problem is its id, so nothing may be missing or out of order. */
function checkOrder(rows: readonly { readonly id: string }[]): void {
  const stray = rows.findIndex(({ id }, index) => id !== String(index))
  if (stray !== -1 || rows.length !== prompts.length)
    throw new Error(`Row ${stray} has another id, or rows are missing.`)
}

function write(name: string, value: unknown): void {
  const json = Buffer.from(JSON.stringify(value))
  const bytes = brotliCompressSync(json, {
    params: { [constants.BROTLI_PARAM_SIZE_HINT]: json.length, [constants.BROTLI_PARAM_LGWIN]: 22 },
  })
  writeFileSync(join(target, name), bytes)
  process.stdout.write(`${name}: ${json.length} bytes as ${bytes.length}\n`)
}
