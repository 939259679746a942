import type { ServerResponse } from 'node:http'
import { PaddockError } from '../base/errors.ts'
import type { Stream } from './handlers.ts'

/** Streams of events for browsers (text/event-stream). */
export type EventStreams = {
  open(
    response: ServerResponse,
    fit: (event: unknown) => unknown,
    headers: Readonly<Record<string, string>>,
  ): Stream<unknown>
  closeAll(): void
}

/** Proxies close what is silent for long. */
const COMMENT_EVERY_MS = 15_000
/** A browser asks again by itself, and then its session is looked at anew. */
const STREAM_MS_MAX = 600_000
/** A reader that is so far behind will not catch up. */
const BEHIND_BYTES_MAX = 1024 * 1024
/** Each holds a connection and is told of every request. */
const STREAMS_MAX = 200

export function openEventStreams(): EventStreams {
  const running = new Set<ServerResponse>()
  return {
    open: (response, fit, headers) => {
      if (running.size >= STREAMS_MAX) {
        throw new PaddockError('too_many_connections', {
          message: `${STREAMS_MAX} live streams are open already. Close one, or ask for the list of requests.`,
          retryAfterSeconds: 60,
        })
      }
      running.add(response)
      response.writeHead(200, { ...headers, 'content-type': 'text/event-stream; charset=utf-8' })
      response.write('retry: 2000\n\n')
      const comments = setInterval(() => {
        response.write(': still here\n\n')
      }, COMMENT_EVERY_MS)
      const end = setTimeout(() => {
        response.end()
      }, STREAM_MS_MAX)
      response.once('close', () => {
        clearInterval(comments)
        clearTimeout(end)
        running.delete(response)
      })
      return {
        send: (event) => {
          if (response.writableEnded) return
          if (response.writableLength > BEHIND_BYTES_MAX) response.destroy()
          else response.write(`event: request\ndata: ${JSON.stringify(fit(event))}\n\n`)
        },
        end: () => {
          response.end()
        },
        onEnd: (act) => {
          response.once('close', act)
        },
      }
    },
    closeAll: () => {
      for (const response of running) response.end()
    },
  }
}
