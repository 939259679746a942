import { describe, expect, it } from 'vitest'
import { judgeCanaries, judgePair, readJudgement } from './ask-judge.ts'
import { hideNames } from './hide-names.ts'
import { judgeFaults } from './judge.ts'

const PAIR = { request: 'What is 1 and 1?', champion: 'It is 3.', challenger: 'It is 2.' }

/** A judge that sees the question as it is asked. */
type Judge = (shown: { readonly first: string; readonly second: string }) => string | null

/** What a question shows of the two answers. */
function shownIn(request: object): { first: string; second: string } {
  const [message] = (request as { messages: { content: string }[] }).messages
  const section = (name: string): string => message?.content.split(`<${name}>\n`)[1]?.split(`\n</${name}>`)[0] ?? ''
  return { first: section('first answer'), second: section('second answer') }
}

async function judged(judge: Judge): Promise<{ preference: number | null; asked: number }> {
  let asked = 0
  const { preference } = await judgePair((request) => {
    asked += 1
    return Promise.resolve(judge(shownIn(request)))
  }, PAIR)
  return { preference, asked }
}

describe('a judge that is asked', () => {
  it('[H16] is shown both orders, and what it says both times counts', async () => {
    const right: Judge = ({ first }) => `One and one is two.\n${first === 'It is 2.' ? 'First' : '**second**'}`
    expect(await judged(right)).toEqual({ preference: 1, asked: 2 })
    expect(await judged(() => 'first')).toEqual({ preference: 0, asked: 2 })
    expect(await judged(() => 'tie')).toEqual({ preference: 0, asked: 2 })
  })

  it('[H16] is asked once more where it cannot be read, and is then missing', async () => {
    expect(await judged(() => 'I cannot say which is better, the first or the second.')).toEqual({
      preference: null,
      asked: 4,
    })
    expect(await judged(() => null)).toEqual({ preference: null, asked: 4 })
    expect(readJudgement('second\n\n')).toBe('second')
  })

  it('[H16] does not read who wrote an answer, and reads a name that was asked for', async () => {
    expect(hideNames('I am ChatGPT, a large language model trained by OpenAI. 2 and 2 is 4.')).toBe(
      'I am [name], a large language model trained by [name]. 2 and 2 is 4.',
    )
    expect(hideNames('我是通义千问,由阿里云开发的助手。答案是四。')).toBe('我是[name],由[name]开发的助手。答案是四。')
    expect(hideNames('OpenAI was founded in 2015. Claude Shannon was born in 1916.')).toBe(
      'OpenAI was founded in 2015. Claude Shannon was born in 1916.',
    )
    const seen: string[] = []
    const told = { ...PAIR, challenger: "I'm DeepSeek-V2, and it is 2." }
    await judgePair((request) => {
      seen.push(...Object.values(shownIn(request)))
      return Promise.resolve('tie')
    }, told)
    expect(seen.join(' ')).not.toMatch(/deepseek/i)
  })

  it.each([
    [
      'is taken in by an answer that says nothing',
      (shown: string): boolean => shown.includes('complete and excellent'),
    ],
    ['', (shown: string): boolean => !shown.includes('complete and excellent')],
  ])('[H16] is tested with pairs whose outcome is known: "%s"', async (fault, likes) => {
    const canaries = await judgeCanaries(
      () => (request) => {
        const { first, second } = shownIn(request)
        return Promise.resolve(first === second ? 'tie' : likes(first) ? 'first' : 'second')
      },
      PAIR,
    )
    expect(judgeFaults([], canaries)).toEqual(fault === '' ? [] : [fault])
  })

  it('[H16] may not prefer one of two answers that are the same', () => {
    expect(judgeFaults([], [{ kind: 'same', preference: 1 }])).toEqual(['prefers one of two answers that are the same'])
    expect(judgeFaults([], [{ kind: 'same', preference: null }])).toEqual([])
  })
})
