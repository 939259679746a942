import { CompiledQuery, type Kysely, type KyselyPlugin, type RootOperationNode } from 'kysely'

/** How the database goes about all the queries that `act` asks of it: a line for each step ("SEARCH entries USING …"). */
export async function plansOf<Tables>(
  tables: Kysely<Tables>,
  act: (watched: Kysely<Tables>) => Promise<unknown>,
): Promise<string[]> {
  const asked: { readonly node: RootOperationNode; readonly queryId: { readonly queryId: string } }[] = []
  const watch: KyselyPlugin = {
    transformQuery: ({ node, queryId }) => {
      asked.push({ node, queryId })
      return node
    },
    transformResult: ({ result }) => Promise.resolve(result),
  }
  await act(tables.withPlugin(watch))
  const plans: string[] = []
  for (const { node, queryId } of asked) {
    const { sql, parameters } = tables.getExecutor().compileQuery(node, queryId)
    const explained = CompiledQuery.raw(`EXPLAIN QUERY PLAN ${sql}`, [...parameters])
    const { rows } = await tables.executeQuery<{ detail: string }>(explained)
    plans.push(...rows.map(({ detail }) => detail))
  }
  return plans
}
