import { z } from 'zod'
import { done, endpoint, EVERY_ROLE, instant, listOf, name, ROLES } from './endpoint.ts'

/** Who may sign in, and as what. An admin may do everything here but make, change or end an owner. */

const look = { who: ['owner', 'admin', 'auditor'], of: 'organisation' } as const
const change = { who: ['owner', 'admin'], of: 'organisation' } as const

const email = z.email('write an e-mail address').max(254).toLowerCase()
const role = z.enum(ROLES)

export const person = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role,
  second_factor: z.boolean(),
  /** One that is disabled cannot sign in; its sessions have ended. */
  disabled: z.boolean(),
  created_at: instant,
  signed_in_at: instant.nullable(),
})

export const invitation = z.object({
  id: z.string(),
  email: z.string(),
  role,
  created_at: instant,
  expires_at: instant,
})

/** `link` is shown once; whoever has it becomes the member. */
const invited = z.object({ invitation, link: z.string() })

const organisation = z.object({ id: z.string(), name: z.string(), created_at: instant, people: z.int() })

export const peopleApi = {
  list: endpoint({
    method: 'GET',
    path: '/api/people',
    summary: 'The members of the organisation',
    rule: look,
    answer: listOf(person),
  }),
  change: endpoint({
    method: 'PATCH',
    path: '/api/people/{id}',
    summary: 'Change the role of a member, or end or give back the access; an organisation keeps one owner',
    rule: change,
    body: z.strictObject({ role: role.optional(), disabled: z.boolean().optional() }),
    answer: person,
  }),
  invitations: endpoint({
    method: 'GET',
    path: '/api/people/invitations',
    summary: 'Invitations that are open',
    rule: look,
    answer: listOf(invitation),
  }),
  invite: endpoint({
    method: 'POST',
    path: '/api/people/invitations',
    summary: 'Invite somebody. No mail is sent: pass the link on',
    rule: change,
    body: z.strictObject({ email, role }),
    answer: invited,
    status: 201,
  }),
  withdraw: endpoint({
    method: 'DELETE',
    path: '/api/people/invitations/{id}',
    summary: 'Take an invitation back',
    rule: change,
    answer: done,
  }),
  teams: endpoint({
    method: 'GET',
    path: '/api/teams',
    summary: 'The teams of the organisation',
    rule: { who: EVERY_ROLE, of: 'organisation' },
    answer: listOf(z.object({ id: z.string(), name: z.string(), created_at: instant })),
  }),
  organisations: endpoint({
    method: 'GET',
    path: '/api/organisations',
    summary: 'All organisations of this installation',
    rule: { who: ['owner', 'admin', 'auditor'], of: 'installation' },
    answer: listOf(organisation),
  }),
  createOrganisation: endpoint({
    method: 'POST',
    path: '/api/organisations',
    summary: 'Make an organisation, with an invitation for its first owner',
    rule: { who: ['owner'], of: 'installation' },
    body: z.strictObject({ name, owner_email: email }),
    answer: z.object({ organisation, ...invited.shape }),
    status: 201,
  }),
}
