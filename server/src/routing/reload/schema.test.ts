import { configFile } from '@paddock/contract/config'
import { expect, it } from 'vitest'
import { z } from 'zod'

/** The schema editors check paddock.yaml with. `npx vitest run server/src/routing/reload -u` writes it anew. */
it('[R24] keeps docs/reference/paddock.schema.json in step with what is checked', async () => {
  const schema = { title: 'paddock.yaml', ...z.toJSONSchema(configFile, { io: 'input' }) }
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(
    '../../../../docs/reference/paddock.schema.json',
  )
})
