import { oneOf, searchOf, text } from '../../search.ts'

/** `ask`: which dialog is open. `name`: the route or model it begins with. */
export const routesSearch = searchOf({ ask: oneOf(['explain', 'test']), name: text })
