/** What a price can be for: every component, what its units are, and which price stands in where a row has none of its own. */

/** Where a component's units count: towards the prompt, towards the answer, or beside both. */
export type Side = 'prompt' | 'answer' | 'beside'

type ComponentFacts = {
  readonly unit: string
  readonly side: Side
  /** Tried in this order when a row does not price the component. */
  readonly standIns: readonly Component[]
}

export const COMPONENTS = [
  'cached_input',
  'cache_write_1h',
  'cache_write',
  'input',
  'audio_input',
  'image_input',
  'reasoning',
  'output',
  'audio_output',
  'image_output',
  'cache_storage',
  'cache_storage_minute',
  'cache_call',
  'image',
  'video_second',
  'audio_second',
  'character',
  'search_unit',
  'search_call',
  'fetch_call',
  'request',
  'capacity_month',
] as const

export type Component = (typeof COMPONENTS)[number]

/** Prompt and answer components stand in the order of their tokens: a cached prefix first, what the model thinks before what it says. */
export const COMPONENT_FACTS: Readonly<Record<Component, ComponentFacts>> = {
  cached_input: { unit: 'token', side: 'prompt', standIns: ['input'] },
  cache_write_1h: { unit: 'token', side: 'prompt', standIns: ['cache_write', 'input'] },
  cache_write: { unit: 'token', side: 'prompt', standIns: ['input'] },
  input: { unit: 'token', side: 'prompt', standIns: [] },
  audio_input: { unit: 'token', side: 'prompt', standIns: [] },
  image_input: { unit: 'token', side: 'prompt', standIns: [] },
  reasoning: { unit: 'token', side: 'answer', standIns: ['output'] },
  output: { unit: 'token', side: 'answer', standIns: [] },
  audio_output: { unit: 'token', side: 'answer', standIns: [] },
  image_output: { unit: 'token', side: 'answer', standIns: [] },
  cache_storage: { unit: 'token × hour', side: 'beside', standIns: [] },
  cache_storage_minute: { unit: 'token × minute', side: 'beside', standIns: [] },
  cache_call: { unit: 'call', side: 'beside', standIns: [] },
  image: { unit: 'image', side: 'beside', standIns: [] },
  video_second: { unit: 'second', side: 'beside', standIns: [] },
  audio_second: { unit: 'second', side: 'beside', standIns: [] },
  character: { unit: 'character', side: 'beside', standIns: [] },
  search_unit: { unit: 'search unit', side: 'beside', standIns: [] },
  search_call: { unit: 'call', side: 'beside', standIns: [] },
  fetch_call: { unit: 'call', side: 'beside', standIns: [] },
  request: { unit: 'request', side: 'beside', standIns: [] },
  capacity_month: { unit: 'month', side: 'beside', standIns: [] },
}

export function isComponent(name: string): name is Component {
  return Object.hasOwn(COMPONENT_FACTS, name)
}
