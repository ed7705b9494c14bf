import { ROLES } from '../../../common/principal';
import { choiceFilter } from '../../../jsonapi/filters';
import { defineResource } from '../../../jsonapi/resource';
import { MEMBER_STATUSES, type Member } from '../../../merchants/member';

export const members = defineResource({
  type: 'members',
  path: 'members',
  readScope: 'members:read',
  id: (member: Member) => member.id,
  version: ({ version }) => version,
  attributes: {
    wallet: 'wallet',
    role: 'role',
    status: 'status',
    email: 'email',
    mailOn: 'mailOn',
    createdAt: 'createdAt',
  },
  filters: { role: choiceFilter(ROLES), status: choiceFilter(MEMBER_STATUSES) },
  sorts: { createdAt: (member) => member.createdAt.toISOString() },
  defaultSort: '-createdAt',
});
