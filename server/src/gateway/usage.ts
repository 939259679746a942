import { sendJson } from '../base/http.ts'
import { authenticate } from './authenticate.ts'
import { whoIs } from './enter.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import { spendOf } from './hold.ts'
import { baseHeaders } from './reply.ts'

/** GET /v1/usage: what the key that asks may still spend, and how much it may ask for. */
export async function showUsage(gateway: Gateway, exchange: Exchange): Promise<void> {
  const caller = await authenticate(gateway, exchange, 'call')
  const { budgets } = gateway.books
  const spend = spendOf(caller, exchange)
  await budgets.loading(budgets.bounds(spend))
  const { rpm, tpm, concurrent, caps } = gateway.limits.rule(whoIs(caller))
  const data = {
    key: { id: caller.keyId, name: caller.keyName, team: caller.teamName, organisation: caller.organisationName },
    budgets: budgets.show(budgets.bounds(spend)),
    limits: {
      rpm,
      tpm,
      concurrent,
      output_tokens_max: caps.outputTokensMax,
      choices_max: caps.choicesMax,
      images_max: caps.imagesMax,
      prompt_bytes_max: caps.promptBytesMax,
    },
  }
  sendJson(exchange.response, { status: 200, body: { data }, headers: baseHeaders(exchange) })
}
