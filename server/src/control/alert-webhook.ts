import { createHmac } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AlertsSetting } from '@paddock/contract/budgets'
import type { Clock } from '../base/clock.ts'
import { newId } from '../base/ids.ts'
import type { Log } from '../base/log.ts'
import type { CallProvider } from '../providers/call-provider.ts'

export type AlertWebhook = {
  /** Sends an alert on its way, if there is anybody to send it to, and tries again where that fails. Nobody waits for it. */
  send(type: string, data: object): void
}

export type WebhookParts = {
  readonly clock: Clock
  readonly log: Log
  readonly call: CallProvider
  readonly setting: () => AlertsSetting | null
}

/** How long to wait before each further try, in milliseconds: five tries within about five minutes. */
const PAUSES_MS = [1_000, 5_000, 30_000, 240_000] as const
const LIMITS = { headersMsMax: 15_000, idleMsMax: 15_000 }

/**
 * Posts alerts as JSON. `x-paddock-signature: t=<seconds since 1970>,v1=<hex>` is the HMAC-SHA-256, under the webhook's
 * secret, of "<t>.<body>"; the same alert has the same id however often it is tried.
 */
export function openAlertWebhook({ clock, log, call, setting }: WebhookParts): AlertWebhook {
  const deliver = async (type: string, body: Buffer): Promise<void> => {
    for (const waitMs of [...PAUSES_MS, null]) {
      const webhook = setting()?.webhook
      if (webhook === undefined) return
      const failure = await post(call, { webhook, body, at: clock.now() })
      if (failure === null) return
      log.warn(waitMs === null ? 'alert.not_delivered' : 'alert.delivery_failed', { code: type, reason: failure })
      // The process may end before: the alert is in the log.
      if (waitMs !== null) await sleep(waitMs, undefined, { ref: false })
    }
  }
  return {
    send: (type, data) => {
      if (setting() === null) return
      const at = new Date(clock.now()).toISOString()
      const body = Buffer.from(JSON.stringify({ id: newId(clock), type, at, data }))
      void deliver(type, body).catch((failure: unknown) => {
        log.error('alert.failed', { code: type }, failure)
      })
    },
  }
}

type Post = { readonly webhook: AlertsSetting['webhook']; readonly body: Buffer; readonly at: number }

/** Null when the receiver has taken it (any 2xx), else why not. */
function post(call: CallProvider, { webhook, body, at }: Post): Promise<string | null> {
  const seconds = Math.floor(at / 1_000)
  const signature = createHmac('sha256', webhook.secret).update(`${seconds}.`).update(body).digest('hex')
  return new Promise((resolve) => {
    let status = 0
    call(
      {
        url: webhook.url,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'paddock',
          'x-paddock-signature': `t=${seconds},v1=${signature}`,
        },
        body,
        limits: LIMITS,
      },
      {
        onHead: (head) => {
          status = head
        },
        onData: () => true,
        onEnd: () => {
          resolve(status >= 200 && status < 300 ? null : `it answered ${status}`)
        },
        onFailure: ({ kind }) => {
          resolve(kind)
        },
      },
    )
  })
}
