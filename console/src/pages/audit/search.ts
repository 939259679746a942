import { searchOf, spanSearch, text } from '../../search.ts'

export const auditSearch = searchOf({ ...spanSearch, action: text, actor: text })
