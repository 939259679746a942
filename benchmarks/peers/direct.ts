import { sameDialect, type Peer } from './peer.ts'

/** No gateway: what the callers and the provider take for themselves, and how late events are without anybody between. */
export const direct: Peer = {
  name: 'direct',
  ours: false,
  missing: () => null,
  model: sameDialect,
  start: async ({ providerPort }) => await Promise.resolve({ child: null, port: providerPort, callers: [{}] }),
}
