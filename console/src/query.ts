import { ApiError } from '@paddock/webkit/api/error.ts'
import { call } from '@paddock/webkit/api/call.ts'
import type { Answer, Ask, Operation, Subject } from '@paddock/webkit/api/operation.ts'
import {
  keepPreviousData,
  QueryCache,
  QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'

/** How pages ask the control plane: answers are kept by operation and question, and asked anew when something changed them. */

type Options<Told> = {
  /** Asks again every so many milliseconds while the page is in sight; where it hangs on the last answer, by that. */
  readonly every?: number | ((told: Told | undefined) => number | undefined)
  /** Does not ask before this is true. */
  readonly when?: boolean
}

/** `useAsk('prices.list', { query: { at } })`. While a new question is on its way, the last answer stays. */
export function useAsk<Name extends Operation>(
  operation: Name,
  ask: Ask<Name>,
  { every, when = true }: Options<Answer<Name>> = {},
) {
  return useQuery<Answer<Name>>({
    queryKey: [operation, ask],
    queryFn: ({ signal }) => call(operation, ask, signal),
    placeholderData: keepPreviousData,
    enabled: when,
    refetchInterval: typeof every === 'function' ? ({ state }) => every(state.data) : every,
  })
}

type Paged = { readonly items: readonly unknown[]; readonly next: string | null }
type PagedOperation = { [Name in Operation]: Answer<Name> extends Paged ? Name : never }[Operation]
type ItemOf<Name extends PagedOperation> =
  Answer<Name> extends { readonly items: readonly (infer Item)[] } ? Item : never

/** A list that comes in pages: `rows` are those of all pages so far, `more` fetches the next and is undefined at the end. */
export function usePages<Name extends PagedOperation>(operation: Name, ask: Ask<Name>) {
  const query = useInfiniteQuery({
    queryKey: [operation, 'pages', ask],
    queryFn: ({ signal, pageParam }) => {
      const asked = ask as { readonly query?: object }
      const paged = { ...asked, query: { ...asked.query, after: pageParam } } as unknown as Ask<Name>
      return call(operation, paged, signal) as Promise<Answer<Name> & Paged>
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    placeholderData: keepPreviousData,
  })
  const rows = query.data?.pages.flatMap(({ items }) => items as readonly ItemOf<Name>[])
  return {
    rows,
    error: query.error,
    isFetching: query.isFetching,
    refetch: () => void query.refetch(),
    more: query.hasNextPage ? () => void query.fetchNextPage() : undefined,
    moreBusy: query.isFetchingNextPage,
  }
}

/**
 * Changes something: `const create = useChange('keys.create', ['keys', 'budgets'])`, then `create.mutate({ body })`.
 * `stale`: the subjects whose answers are asked anew afterwards; the operation's own if left out.
 */
export function useChange<Name extends Operation>(operation: Name, stale: readonly Subject[] = [subjectOf(operation)]) {
  const client = useQueryClient()
  return useMutation<Answer<Name>, Error, Ask<Name>>({
    mutationFn: (ask) => call(operation, ask),
    onSuccess: () =>
      client.invalidateQueries({ predicate: ({ queryKey: [asked] }) => stale.includes(subjectOf(asked as Operation)) }),
  })
}

function subjectOf(operation: Operation): Subject {
  return operation.slice(0, operation.indexOf('.')) as Subject
}

/** `onSignedOut`: the session has ended, wherever that is noticed. */
export function makeQueryClient(onSignedOut: () => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof ApiError && error.status === 401) onSignedOut()
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        // What was refused is refused again; what failed or was not reached may succeed.
        retry: (failures, error) =>
          failures < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
      },
    },
  })
}
