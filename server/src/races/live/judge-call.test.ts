import { describe, expect, it } from 'vitest'
import { judgePair, readJudgement } from './judge-call.ts'

const PAIR = { request: 'What is 1 and 1?', champion: 'It is 3.', challenger: 'It is 2.' }

/** A judge that sees the question as it is asked. */
type Judge = (shown: { readonly first: string; readonly second: string }) => string | null

async function judged(judge: Judge): Promise<{ preference: number | null; asked: number }> {
  let asked = 0
  const { preference } = await judgePair((request) => {
    asked += 1
    const [message] = (request as { messages: { content: string }[] }).messages
    const section = (name: string): string => message?.content.split(`<${name}>\n`)[1]?.split(`\n</${name}>`)[0] ?? ''
    return Promise.resolve(judge({ first: section('first answer'), second: section('second answer') }))
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
})
