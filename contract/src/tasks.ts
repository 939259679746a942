/** What can be asked for beside an answer in a conversation; each has an endpoint of its own. */
export const TASK_NAMES = ['embeddings', 'rerank', 'images', 'speech', 'transcriptions'] as const
export type TaskName = (typeof TASK_NAMES)[number]

/** Which of them a provider serves, and what comes behind its base URL there. */
export type TaskPaths = Readonly<Partial<Record<TaskName, string>>>
