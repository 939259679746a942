import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { checkAnswers, GRADERS } from './grade.ts'

const say = (text: string): { text: string; calls: [] } => ({ text, calls: [] })

describe('graders', () => {
  it.each([
    ['exact', 'Paris', ' Paris\n', 1],
    ['exact', 'Paris', 'paris', 0],
    ['exact', 'e\u0301', '\u00e9', 1],
    ['regex', '^(yes|no)$', 'yes', 1],
    ['regex', '^(yes|no)$', 'yes, of course', 0],
    ['numeric', '1200', 'That makes 5 and then $1,200', 1],
    ['numeric', '1200', 'That makes 1,200, not 5', 0],
    ['numeric', '18', '{"reasoning": "9 * 2", "answer": "$18 a day"}', 1],
    ['numeric', '18', '```json\n{"reasoning": "9 * 2", "answer": 18}\n```', 1],
    ['numeric', '90', '{"reasoning": broken, "answer": "\\"$90\\""}', 1],
    ['numeric', '0.5', 'a half', 0],
    ['numeric', '-3', 'It is -3.0', 1],
    ['json-schema', { type: 'object', required: ['a'] }, '```json\n{"a": 1}\n```', 1],
    ['json-schema', { type: 'object', required: ['a'] }, '{"b": 1}', 0],
    ['json-schema', { type: 'object' }, 'no JSON at all', 0],
  ] as const)('[H19] %s: %j against %j is %i', (grader, right, text, score) => {
    expect(GRADERS[grader](say(text), right)).toBe(score)
  })

  it('[H19] compares a tool call by its name and its arguments, in whatever order they are written', () => {
    const right = { name: 'weather', arguments: { city: 'Paris', days: 2 } }
    const grade = (...calls: { name: string; arguments: string }[]): number =>
      GRADERS['tool-call']({ text: '', calls }, right)
    expect(grade({ name: 'weather', arguments: '{"days":2,"city":"Paris"}' })).toBe(1)
    expect(grade({ name: 'weather', arguments: '{"days":3,"city":"Paris"}' })).toBe(0)
    expect(grade({ name: 'news', arguments: '{"days":2,"city":"Paris"}' })).toBe(0)
    expect(grade({ name: 'weather', arguments: 'not JSON' })).toBe(0)
    expect(grade()).toBe(0)
  })
})

describe('right answers', () => {
  it.each([
    ['regex', '(open'],
    ['numeric', 'many'],
    ['json-schema', 'no schema'],
    ['tool-call', 'weather'],
    ['exact', ''],
  ] as const)('[H24] that %s cannot read (%j) are refused before anything is asked', (grader, answer) => {
    expect(() => {
      checkAnswers(grader, [{ id: 'the first', answer }])
    }).toThrow(/item "the first" is not what the grader/)
  })

  it('[H24] that can be read are let through', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } } }
    const answers = {
      exact: 'yes',
      regex: '^y',
      numeric: 0,
      'json-schema': schema,
      'tool-call': { name: 'look' },
    } as const
    for (const [grader, answer] of Object.entries(answers))
      expect(checkAnswers(grader as keyof typeof answers, [{ id: '1', answer }])).toBeUndefined()
  })
})

describe('recorded answers', () => {
  const practice = join(import.meta.dirname, '..', '..', '..', '..', 'practice')
  const read = <Content>(...path: string[]): Content =>
    JSON.parse(brotliDecompressSync(readFileSync(join(practice, ...path))).toString('utf8')) as Content
  const published = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'fixtures', 'zeroeval.json'), 'utf8')) as {
    gsm: { models: Record<string, { published: number }> }
  }

  // Answers whose JSON is broken were counted as wrong by those who published; we read the number in them.
  const lenient: Record<string, number> = {
    'qwen2-72b-instruct': 1,
    'qwen2-7b-instruct': 1,
    'yi-1.5-34b-chat': 4,
    'yi-large': 21,
  }

  it.each(readdirSync(join(practice, 'answers')).map((file) => basename(file, '.json.br')))(
    '[H19] grades the 1,319 answers of %s as published',
    (model) => {
      const { problems } = read<{ problems: { answer: string }[] }>('problems.json.br')
      const { answers } = read<{ answers: string[] }>('answers', `${model}.json.br`)
      const right = answers.filter((text, index) => GRADERS.numeric(say(text), problems[index]?.answer) === 1).length
      const [, entry] = Object.entries(published.gsm.models).find(([name]) => name.toLowerCase() === model) ?? []
      expect(right - (lenient[model] ?? 0)).toBe(Math.round(((entry?.published ?? 0) / 100) * answers.length))
    },
  )
})
