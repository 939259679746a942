import { messagesCaller } from './anthropic-messages/caller.ts'
import { messagesProvider } from './anthropic-messages/provider.ts'
import type { CallerDialect, ProviderDialect } from './dialect.ts'
import type { CallerDialectName, DialectName } from './dialect-name.ts'
import { geminiProvider } from './gemini/provider.ts'
import { chatCaller } from './openai-chat/caller.ts'
import { chatProvider } from './openai-chat/provider.ts'
import { responsesCaller } from './openai-responses/caller.ts'
import { responsesProvider } from './openai-responses/provider.ts'

/** Every dialect there is: who adds one adds it here. */

export const CALLER_DIALECTS: Readonly<Record<CallerDialectName, CallerDialect>> = {
  'openai-chat': chatCaller,
  'openai-responses': responsesCaller,
  'anthropic-messages': messagesCaller,
}

export const PROVIDER_DIALECTS: Readonly<Record<DialectName, ProviderDialect>> = {
  'openai-chat': chatProvider,
  'openai-responses': responsesProvider,
  'anthropic-messages': messagesProvider,
  gemini: geminiProvider,
}
