import { searchOf } from '../../search.ts'

export const auditSearch = searchOf({})
