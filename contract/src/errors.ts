/**
 * The closed table of errors. Every error a caller, an operator or a log can meet has its code here,
 * and every code is explained in docs/reference/errors.md (a test binds the two).
 */

/** The coarse family, spelled as the OpenAI API spells `error.type`, so that SDKs sort errors as they expect. */
export type ErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'permission_error'
  | 'not_found_error'
  | 'billing_error'
  | 'rate_limit_error'
  | 'overloaded_error'
  | 'provider_error'
  | 'server_error'

/** What is fixed about an error: its HTTP status, its family, and whether sending the same request again can help. */
export type ErrorSpec = { readonly status: number; readonly type: ErrorType; readonly retryable: boolean }

const bad = (status: number): ErrorSpec => ({ status, type: 'invalid_request_error', retryable: false })
const key = (status: number): ErrorSpec => ({ status, type: 'authentication_error', retryable: false })
const denied: ErrorSpec = { status: 403, type: 'permission_error', retryable: false }
const absent: ErrorSpec = { status: 404, type: 'not_found_error', retryable: false }
const upstream = (status: number, retryable: boolean): ErrorSpec => ({ status, type: 'provider_error', retryable })
const tooFast: ErrorSpec = { status: 429, type: 'rate_limit_error', retryable: true }
const full = (status: number): ErrorSpec => ({ status, type: 'overloaded_error', retryable: true })

export const ERRORS = {
  // Reading the body
  body_empty: bad(400),
  body_too_large: bad(413),
  body_inflates: bad(413),
  body_timeout: bad(408),
  content_type: bad(415),
  charset_unsupported: bad(415),
  encoding_unsupported: bad(415),
  encoding_invalid: bad(400),
  json_invalid: bad(400),
  json_too_deep: bad(400),
  json_too_many_items: bad(400),
  json_duplicate_key: bad(400),
  text_invalid: bad(400),
  key_forbidden: bad(400),
  multipart_invalid: bad(400),

  // What the body says
  type: bad(400),
  out_of_range: bad(400),
  value_unknown: bad(400),
  field_missing: bad(400),
  model_missing: bad(400),
  model_unknown: absent,
  model_not_allowed: denied,
  endpoint_unsupported: bad(400),
  route_unavailable: { status: 503, type: 'provider_error', retryable: false },
  messages_empty: bad(400),
  message_role: bad(400),
  content_type_unknown: bad(400),
  modality_unsupported: bad(400),
  context_exceeded: bad(400),
  url_forbidden: bad(400),
  url_scheme: bad(400),
  url_credentials: bad(400),
  base64_invalid: bad(400),
  image_too_large: bad(400),
  image_type: bad(415),
  n_too_large: bad(400),
  tools_invalid: bad(400),
  schema_invalid: bad(400),
  too_many: bad(400),
  too_long: bad(400),
  id_invalid: bad(400),
  response_unknown: absent,
  conversation_too_long: bad(413),

  // Who is calling
  key_missing: key(401),
  key_malformed: key(401),
  key_checksum: key(401),
  key_foreign: key(401),
  key_unknown: key(401),
  key_revoked: key(401),
  key_expired: key(401),
  key_in_query: key(401),
  credential_conflict: bad(400),
  scope_missing: denied,

  // Who has signed in
  session_missing: key(401),
  session_ended: key(401),
  sign_in_failed: key(401),
  sign_in_limited: tooFast,
  second_factor_missing: key(401),
  second_factor_wrong: key(401),
  sign_in_again: key(401),
  sign_in_expired: bad(400),
  passkey_refused: key(401),
  passkey_host: bad(400),
  sso_off: absent,
  sso_unreachable: upstream(502, true),
  sso_failed: key(401),
  sso_not_allowed: denied,
  role_missing: denied,
  origin_refused: denied,
  link_invalid: bad(400),

  // What there is
  not_found: absent,
  already_there: bad(409),
  changed_meanwhile: bad(409),
  owner_needed: bad(409),
  field_invalid: bad(400),
  field_unknown: bad(400),

  // Sent again
  idempotency_key_invalid: bad(400),
  idempotency_mismatch: bad(422),
  idempotency_in_progress: { ...bad(409), retryable: true },
  idempotency_unknown: bad(409),

  // How much
  rate_limited: tooFast,
  concurrency_limited: tooFast,
  cap_exceeded: bad(400),
  budget_exhausted: { status: 402, type: 'billing_error', retryable: false },
  budget_held: tooFast,
  price_unknown: bad(422),

  // Where to
  path_unknown: absent,
  method_not_allowed: bad(405),
  host_invalid: bad(400),
  header_too_large: bad(431),
  http_invalid: bad(400),
  generation_unknown: absent,

  // The provider
  provider_unreachable: upstream(502, true),
  provider_bad_answer: upstream(502, true),
  provider_error: upstream(502, true),
  provider_auth: upstream(502, false),
  provider_refused: upstream(400, false),
  content_filtered: bad(400),
  provider_rate_limited: tooFast,
  provider_overloaded: { status: 503, type: 'overloaded_error', retryable: true },
  provider_out_of_money: { status: 402, type: 'billing_error', retryable: false },
  provider_timeout: upstream(504, true),
  provider_no_progress: upstream(504, true),

  // Ourselves
  storage_full: full(503),
  journal_backlog: full(503),
  server_shutdown: full(503),
  too_many_connections: full(503),
  overloaded: full(503),
  internal: { status: 500, type: 'server_error', retryable: true },

  // The operator's files and commands
  config_invalid: bad(400),
  price_invalid: bad(400),
  data_in_use: bad(409),
  entries_forgotten: bad(409),
  data_unusable: bad(409),
  secret_unusable: bad(409),
  port_unusable: bad(409),
  argument_invalid: bad(400),
} as const satisfies Record<string, ErrorSpec>

export type ErrorCode = keyof typeof ERRORS
