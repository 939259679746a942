import type { peopleApi } from '@paddock/contract/control/people'
import { isoInstant } from '../../base/clock.ts'
import { PaddockError } from '../../base/errors.ts'
import type { Directory } from '../../callers/directory.ts'
import type { Invitation, Links } from '../../callers/links.ts'
import { describePerson, type Organisation, type People } from '../../callers/people.ts'
import type { Person } from '../../callers/person.ts'
import type { Actor } from '../actor.ts'
import { notFound, type Handlers } from '../handlers.ts'

export type PeopleParts = { readonly people: People; readonly links: Links; readonly directory: Directory }

export function peopleHandlers({ people, links, directory }: PeopleParts): Handlers<typeof peopleApi> {
  return {
    list: async ({ actor }) => ({ items: (await people.list(actor.organisationId)).map(personOf) }),
    change: async ({ actor, params, body, note }) => {
      const person = await people.find(actor.organisationId, params.id)
      if (!person) throw notFound('member', params.id)
      refuseOwnersTo(actor, [person.role, body.role])
      const after = await people.change(person, body)
      note({ before: describePerson(person), after: describePerson(after) })
      return personOf(after)
    },
    invitations: async ({ actor }) => ({ items: (await links.invitations(actor.organisationId)).map(invitationOf) }),
    invite: async ({ actor, body, note }) => {
      refuseOwnersTo(actor, [body.role])
      const { token, invitation } = await links.invite({ organisationId: actor.organisationId, ...body })
      note({ target: invitation.id, after: body })
      return { invitation: invitationOf(invitation), link: linkOf(token) }
    },
    withdraw: async ({ actor, params }) => {
      const open = (await links.invitations(actor.organisationId)).find(({ id }) => id === params.id)
      if (!open) throw notFound('invitation', params.id)
      refuseOwnersTo(actor, [open.role])
      await links.withdraw(actor.organisationId, params.id)
      return { done: true }
    },
    teams: async ({ actor }) => ({
      items: (await directory.teams(actor.organisationId)).map(({ id, name, createdAt }) => ({
        id,
        name,
        created_at: isoInstant(createdAt),
      })),
    }),
    organisations: async () => ({ items: (await people.organisations()).map(organisationOf) }),
    createOrganisation: async ({ body, note }) => {
      const organisation = await people.createOrganisation(body.name)
      const { token, invitation } = await links.invite({
        organisationId: organisation.id,
        email: body.owner_email,
        role: 'owner',
      })
      note({ target: organisation.id, after: body })
      return { organisation: organisationOf(organisation), invitation: invitationOf(invitation), link: linkOf(token) }
    },
  }
}

/** Whoever could make an owner would be one. */
function refuseOwnersTo({ role }: Actor, touched: readonly (string | undefined)[]): void {
  if (role === 'owner' || !touched.includes('owner')) return
  throw new PaddockError('role_missing', { message: 'Only an owner can make, change or end an owner.' })
}

/** The token stands behind "#": browsers keep that to themselves, so no log and no other site sees it. */
function linkOf(token: string): string {
  return `/console/join#${token}`
}

function personOf({ id, email, name, role, secondFactor, disabled, createdAt, signedInAt }: Person) {
  return {
    id,
    email,
    name,
    role,
    second_factor: secondFactor,
    disabled,
    created_at: isoInstant(createdAt),
    signed_in_at: signedInAt === null ? null : isoInstant(signedInAt),
  }
}

function invitationOf({ id, email, role, createdAt, expiresAt }: Invitation) {
  return { id, email, role, created_at: isoInstant(createdAt), expires_at: isoInstant(expiresAt) }
}

function organisationOf({ id, name, createdAt, people }: Organisation) {
  return { id, name, created_at: isoInstant(createdAt), people }
}
