import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, it } from 'vitest'
import { pieces } from './pieces.ts'
import { practiceModels } from './practice-call.ts'
import { openRecordings } from './recordings.ts'

const folder = join(import.meta.dirname, '../../../../practice')
const recordings = openRecordings(folder)
const PROBLEMS = 1_319

describe('the problems', () => {
  it.each([
    'A robe takes 2 bolts of blue fiber and half that much white fiber. How many bolts in total does it take?',
    '\n A robe takes 2 bolts of blue fiber and half that much white fiber.\tHow many bolts in total does it take? \n',
  ])('are found by the bare question %j', async (text) => {
    expect(await recordings.findProblem(text)).toEqual({ index: 1, tokens: 26 })
  })

  it('are found by the whole prompt, which has more tokens', async () => {
    const question =
      'A robe takes 2 bolts of blue fiber and half that much white fiber.  How many bolts in total does it take?'
    const prompt = `\n## Question: \n\n${question}\n\n\n## Instruction \n\nPlease answer this question by first reasoning and then providing your answer.\nPresent your reasoning and solution in the following json format. \nPlease show your final answer in the \`answer\` field, e.g.,\`"answer": "42"\`.\n\n\`\`\`json\n{\n    "reasoning": "___",\n    "answer": "___"\n}\n\`\`\`\n`
    expect(await recordings.findProblem(prompt)).toEqual({ index: 1, tokens: countTokens(prompt) })
  })

  it.each(['', 'Hello', 'A robe takes 2 bolts of blue fiber'])('are not found by %j', async (text) => {
    expect(await recordings.findProblem(text)).toBeNull()
  })
})

describe('the answers', () => {
  it('are there for every model that can be asked, and for no other', () => {
    const files = readdirSync(join(folder, 'answers')).map((file) => file.replace(/\.json\.br$/, ''))
    expect(files).toEqual([...practiceModels()].toSorted())
  })

  it.each(practiceModels())('of %s are whole, counted, and cut into about as many pieces as tokens', async (model) => {
    const all = await Promise.all(Array.from({ length: PROBLEMS }, (_, index) => recordings.readAnswer(model, index)))
    const cut = all.map(({ text }) => pieces(text))
    expect(all.every(({ text, tokens }) => text !== '' && tokens > 0)).toBe(true)
    expect(cut.every((each, index) => each.join('') === all[index]?.text)).toBe(true)
    for (const index of [0, 7, 500, 1_318]) expect(all[index]?.tokens).toBe(countTokens(all[index]?.text ?? ''))
    const ratio = cut.flat().length / all.reduce((sum, { tokens }) => sum + tokens, 0)
    expect(Math.abs(ratio - 1)).toBeLessThan(0.1)
  })

  it('of a model without recordings cannot be read', async () => {
    await expect(recordings.readAnswer('gpt-9', 0)).rejects.toThrow('ENOENT')
  })
})
