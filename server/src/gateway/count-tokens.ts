import { sendJson } from '../base/http.ts'
import { countTokens } from '../dialects/token-count.ts'
import { admit } from './admit.ts'
import { authenticate } from './authenticate.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import { baseHeaders } from './reply.ts'

/** POST /v1/messages/count_tokens: how long a prompt is, by our tokenizer. No provider is called and nothing is charged. */
export async function countPrompt(gateway: Gateway, exchange: Exchange): Promise<void> {
  const caller = await authenticate(gateway, exchange, 'call')
  const { json } = await admit(gateway, exchange, caller)
  const { tokens } = await countTokens(exchange.dialect.promptText(json))
  sendJson(exchange.response, { status: 200, body: { input_tokens: tokens }, headers: baseHeaders(exchange) })
}
