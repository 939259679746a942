import { useEffect, useEffectEvent, useState } from 'react'
import { addressOf } from './call.ts'
import type { Answer, Ask } from './operation.ts'

type LiveRequest = Answer<'requests.live'>
export type LiveState = 'connecting' | 'open' | 'lost'

/**
 * Hears of requests as they end. The browser asks again by itself when the stream ends, which it does every ten minutes.
 * `ask` null: does not listen.
 */
export function useLiveRequests(ask: Ask<'requests.live'> | null, hear: (request: LiveRequest) => void): LiveState {
  const [state, setState] = useState<LiveState>('connecting')
  const heard = useEffectEvent(hear)
  const address = ask === null ? null : addressOf('requests.live', ask)
  useEffect(() => {
    if (address === null) return undefined
    const source = new EventSource(address)
    source.addEventListener('open', () => setState('open'))
    source.addEventListener('error', () => setState('lost'))
    source.addEventListener('request', (event: MessageEvent<string>) => {
      heard(JSON.parse(event.data) as LiveRequest)
    })
    return () => source.close()
  }, [address])
  return state
}
