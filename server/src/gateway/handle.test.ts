import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { CallProvider } from '../providers/call-provider.ts'
import { openLabGateway, settleDown } from './fixtures/lab-gateway.ts'

/** The order of the path, with books that are as slow as the test wants. */

type Gate = { readonly passed: Promise<void>; open(): void }

function gate(): Gate {
  let open: () => void = () => undefined
  const passed = new Promise<void>((resolve) => {
    open = resolve
  })
  return {
    passed,
    open: () => {
      open()
    },
  }
}

const ANSWER =
  '{"id":"a","model":"m","choices":[{"index":0,"message":{"content":"hi"}}],"usage":{"prompt_tokens":3,"completion_tokens":1}}'
const CHUNK =
  '{"id":"a","model":"m","choices":[{"index":0,"delta":{"content":"hi"}}],"usage":{"prompt_tokens":3,"completion_tokens":1}}'

async function openGateway() {
  const [intend, settle] = [gate(), gate()]
  const calls: string[] = []
  const call: CallProvider = ({ body }, sink) => {
    calls.push(Buffer.from(body).toString())
    const stream = calls.at(-1)?.includes('"stream":true') === true
    queueMicrotask(() => {
      sink.onHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json' })
      sink.onData(Buffer.from(stream ? `data: ${CHUNK}\n\ndata: [DONE]\n\n` : ANSWER))
      sink.onEnd()
    })
    return { resume: () => undefined, cancel: () => undefined }
  }
  const books = { intend: () => intend.passed, settle: () => settle.passed }
  const lab = await openLabGateway({ providers: { lab: call }, books })
  return { ...lab, intend, settle, calls, ask: (stream: boolean) => lab.ask('lab/m', stream) }
}

describe('the path of a request', () => {
  it('[G2] calls no provider before the intent is durable', async () => {
    await using gateway = await openGateway()
    const answer = gateway.ask(false)
    await settleDown()
    expect(gateway.calls).toEqual([])
    gateway.intend.open()
    gateway.settle.open()
    expect((await answer).statusCode).toBe(200)
    expect(gateway.calls).toHaveLength(1)
  })

  it('[G3] sends no byte of a whole answer before its entry is durable', async () => {
    await using gateway = await openGateway()
    gateway.intend.open()
    let answered = false
    const answer = gateway.ask(false).then((response) => {
      answered = true
      return response
    })
    await settleDown()
    expect(gateway.settled).toHaveLength(1)
    expect(answered).toBe(false)
    gateway.settle.open()
    const response = await answer
    let text = ''
    for await (const part of response) text += String(part)
    expect(text).toBe(ANSWER)
  })

  it('[G3] sends no end mark of a stream before its entry is durable', async () => {
    await using gateway = await openGateway()
    gateway.intend.open()
    const response = await gateway.ask(true)
    let text = ''
    response.on('data', (part: Buffer) => (text += part.toString()))
    await settleDown()
    expect(gateway.settled).toHaveLength(1)
    expect(text).toContain('"content":"hi"')
    expect(text).not.toContain('[DONE]')
    gateway.settle.open()
    await once(response, 'end')
    expect(text).toMatch(/data: \[DONE\]\n\n$/)
  })
})
