/** The ways a request can be spelled. One folder of this directory for each. */
export type Dialect = 'openai-chat'
