import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliDecompress } from 'node:zlib'

/** A recorded problem that a text asks. `tokens`: of that text, by o200k_base. */
export type AskedProblem = { readonly index: number; readonly tokens: number }

/** What a model answered. `tokens`: by o200k_base, whatever the model's own tokenizer is. */
export type RecordedAnswer = { readonly text: string; readonly tokens: number }

/** The recorded problems and answers. Each file is read when it is first needed, and kept. */
export type Recordings = {
  /** The problem that a text asks, bare or in ZeroEval's frame, whatever its white space; null when it asks none. */
  findProblem(text: string): Promise<AskedProblem | null>
  readAnswer(model: string, index: number): Promise<RecordedAnswer>
}

type ProblemsFile = {
  readonly before: string
  readonly after: string
  readonly problems: readonly {
    readonly question: string
    readonly answer: string
    readonly question_tokens: number
    readonly prompt_tokens: number
  }[]
}
type AnswersFile = { readonly answers: readonly string[]; readonly tokens: readonly number[] }

export function openRecordings(folder: string): Recordings {
  const answers = new Map<string, Promise<AnswersFile>>()
  let problems: Promise<Map<string, AskedProblem>> | null = null
  return {
    findProblem: async (text) => {
      problems ??= readProblems(folder)
      return (await problems).get(plain(text)) ?? null
    },
    readAnswer: async (model, index) => {
      const file = answers.get(model) ?? readJson<AnswersFile>(join(folder, 'answers', `${model}.json.br`))
      answers.set(model, file)
      const { [index]: text = '' } = (await file).answers
      const { [index]: tokens = 0 } = (await file).tokens
      return { text, tokens }
    },
  }
}

/** The problems as they were put to the models, in ZeroEval's frame, and their right answers: a dataset to race on. */
export async function readPracticeDataset(folder: string): Promise<{ id: string; prompt: string; answer: string }[]> {
  const { before, after, problems } = await readJson<ProblemsFile>(join(folder, 'problems.json.br'))
  return problems.map(({ question, answer }, index) => ({
    id: `gsm8k-${index}`,
    prompt: before + question + after,
    answer,
  }))
}

/** The same as JSON Lines. */
export async function practiceLines(folder: string): Promise<string> {
  return (await readPracticeDataset(folder)).map((item) => JSON.stringify(item)).join('\n')
}

async function readProblems(folder: string): Promise<Map<string, AskedProblem>> {
  const { before, after, problems } = await readJson<ProblemsFile>(join(folder, 'problems.json.br'))
  const entries = problems.flatMap(({ question, question_tokens, prompt_tokens }, index) => [
    [plain(question), { index, tokens: question_tokens }] as const,
    [plain(before + question + after), { index, tokens: prompt_tokens }] as const,
  ])
  return new Map(entries)
}

/** A text without the white space that is lost when it is typed or pasted. */
function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

async function readJson<Shape>(path: string): Promise<Shape> {
  const json = await unpack(await readFile(path))
  return JSON.parse(json.toString('utf8')) as Shape
}

function unpack(bytes: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    brotliDecompress(bytes, (error, unpacked) => {
      if (error === null) resolve(unpacked)
      else reject(error)
    })
  })
}
