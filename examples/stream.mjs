// Streams an answer through Paddock with the official OpenAI client, and then asks what it cost.
//   PADDOCK_KEY=sk-pdk-… node examples/stream.mjs
import OpenAI from 'openai'

const baseURL = process.env.PADDOCK_URL ?? 'http://127.0.0.1:4400/v1'
const apiKey = process.env.PADDOCK_KEY
const model = process.env.PADDOCK_MODEL ?? 'practice/deepseek-v2-chat-0628'

const paddock = new OpenAI({ baseURL, apiKey })
const { data: stream, response } = await paddock.chat.completions
  .create({
    model,
    messages: [
      {
        role: 'user',
        content:
          'A robe takes 2 bolts of blue fiber and half that much white fiber.  How many bolts in total does it take?',
      },
    ],
    stream: true,
  })
  .withResponse()
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta?.content ?? '')

const generation = await fetch(`${baseURL}/generation?id=${response.headers.get('x-request-id')}`, {
  headers: { authorization: `Bearer ${apiKey}` },
})
const { data: entry } = await generation.json()
console.log(
  `\n\n${entry.cost.amount} ${entry.cost.currency} for ${entry.usage.input} tokens in and ${entry.usage.output} out`,
)
