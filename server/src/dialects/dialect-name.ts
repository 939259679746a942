/** The ways a request can be spelled. One folder of this directory for each. */
export type DialectName = CallerDialectName | 'gemini'

/** Those our callers may speak. */
export type CallerDialectName = 'openai-chat' | 'openai-responses' | 'anthropic-messages'

export const DIALECT_NAMES: readonly DialectName[] = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini']
