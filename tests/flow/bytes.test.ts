import { describe, expect, it } from 'vitest'
import { sharedTestbed } from '../testbed.ts'

/** What goes in comes out: the same bytes, but for the two places that must change. */

const testbed = sharedTestbed((url) => [
  'providers:',
  `  lab: { base_url: "${url}", api_key: the-provider-key, currency: CNY }`,
])

describe('[G6] bytes', () => {
  it('of a request reach the provider as they came, but for the model and the wish for usage', async () => {
    const { provider, post, lastBody } = testbed()
    const bodies = [
      '{"model":"lab/small","messages":[{"role":"user","content":"x"}],"seed":9007199254740993}',
      '{ "messages" : [ {"content":"\\u00e9 \\/ \\ud83d\\ude00 é😀","role":"user"} ] ,\n\t"temperature":1.0e0, "model" : "lab\\/small" }',
      '{"model":"lab/small","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f","parameters":{"__proto__":{"a":1e2}}}}],"unknown":[1.10,{"deep":[[[]]]}]}',
    ]
    for (const body of bodies) {
      const response = await post(body)
      expect(response.status, await response.text()).toBe(200)
      expect(lastBody()).toBe(body.replace(/"lab\\?\/small"/, '"small"'))
    }
    const streaming = '{"model":"lab/small", "messages":[{"role":"user","content":"x"}],"stream":true}'
    await (await post(streaming)).text()
    expect(lastBody()).toBe(
      '{"model":"small", "messages":[{"role":"user","content":"x"}],"stream":true,"stream_options":{"include_usage":true}}',
    )
    expect(provider.requests().at(-1)?.headers).toMatchObject({ authorization: 'Bearer the-provider-key' })
  })

  it.each([
    ['small'],
    ['small+lineEnd=crlf'],
    ['small+lineEnd=cr'],
    ['small+bom=true'],
    ['small+split=bytes+text=unicode'],
    ['small+split=whole+text=unicode'],
    ['small+usage=null_everywhere'],
    ['small+reasoning=3+tools=2'],
    ['small+encoding=gzip'],
  ])('[G8] of a stream reach the caller as they came: %s', async (model) => {
    const { provider, server, key } = testbed()
    const stream = async (
      { url, name, token }: { url: string; name: string; token: string },
      options: object,
    ): Promise<string> => {
      const response = await fetch(`${url}/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          model: name,
          messages: [{ role: 'user', content: 'x' }],
          stream: true,
          'x-fake': { ids: 'constant' },
          ...options,
        }),
      })
      return Buffer.from(await response.arrayBuffer()).toString('latin1')
    }
    for (const options of [{}, { stream_options: { include_usage: true } }]) {
      const direct = await stream({ url: provider.url, name: model, token: 'any' }, options)
      const through = await stream({ url: `${server.url}/v1`, name: `lab/${model}`, token: key }, options)
      expect(through).toBe(direct)
    }
  })
})
