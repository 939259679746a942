import { openStore } from '../../server/src/store/store.ts'
import type { CallersTables } from '../../server/src/callers/tables.ts'

/** There is one organisation in a data folder so far: a second one, for a key that nobody has used yet, is made by hand. */
export async function moveToOtherOrganisation(database: string, keyId: string): Promise<void> {
  const store = openStore(database)
  const tables = store.tables<CallersTables>()
  await tables.insertInto('organisations').values({ id: 'other', name: 'other', created_at: 0n }).execute()
  await tables.updateTable('keys').set({ organisation_id: 'other' }).where('id', '=', keyId).execute()
  await store.close()
}
