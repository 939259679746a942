/** What goes wrong, in no dialect: each spelling has its own word for the kind. */
export type Fault = { readonly kind: FaultKind; readonly code: string; readonly message: string }
export type FaultKind = 'invalid' | 'auth' | 'money' | 'not_found' | 'rate' | 'overloaded' | 'server'

const FAULTS: Readonly<Record<number, Fault>> = {
  400: { kind: 'invalid', code: 'invalid_value', message: 'The request is not valid.' },
  401: { kind: 'auth', code: 'invalid_api_key', message: 'Incorrect API key provided.' },
  402: { kind: 'money', code: 'insufficient_balance', message: 'Insufficient Balance' },
  403: { kind: 'auth', code: 'permission_denied', message: 'This key may not use this model.' },
  404: { kind: 'not_found', code: 'model_not_found', message: 'The model does not exist.' },
  429: { kind: 'rate', code: 'rate_limit_exceeded', message: 'Rate limit reached for requests.' },
  503: { kind: 'overloaded', code: 'overloaded', message: 'The engine is currently overloaded.' },
}

/** What is wrong when an answer has this status. */
export function faultOf(status: number, message?: string): Fault {
  const fault = FAULTS[status] ?? { kind: 'server', code: 'internal_error', message: 'The server had an error.' }
  return message === undefined ? fault : { ...fault, message }
}
