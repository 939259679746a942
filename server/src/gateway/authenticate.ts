import { authorize } from '../callers/authorize.ts'
import type { Caller, Scope } from '../callers/caller.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'

/** Stage 1, who is calling: the key becomes a caller, before a byte of the body is read. */
export function authenticate(gateway: Gateway, exchange: Exchange, needs: Scope): Caller | Promise<Caller> {
  const { rawHeaders, url = '/', socket } = exchange.request
  return authorize({ rawHeaders, url, connection: socket }, needs, gateway)
}
