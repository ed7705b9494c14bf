import { IssueKeyDto } from '../../keys/key.dto';
import { InviteMemberDto, UpdateMemberDto } from '../../merchants/member.dto';
import { UpdateMerchantDto } from '../../merchants/merchant.dto';
import { AddReceivingAccountDto, UpdateReceivingAccountDto } from '../../merchants/receiving-account.dto';
import { record, text } from '../../../../http/json-schema';
import type { Noun, OperationNotes } from '../nouns';

const secret = record({ secret: { ...text(100), description: 'Told this once.' } });

function keys(name: string): Readonly<Record<string, OperationNotes>> {
  return {
    GET: { summary: `List ${name}s` },
    POST: {
      summary: `Issue ${name === 'API key' ? 'an' : 'a'} ${name}`,
      description: 'The secret is in `meta`, this once; a repetition with the same Idempotency-Key has it masked.',
      dto: IssueKeyDto,
      meta: secret,
      example: { attributes: { label: 'Till', scopes: ['links:read', 'links:write'] } },
    },
    'GET /:id': { summary: `Read ${name === 'API key' ? 'an' : 'a'} ${name}` },
    'DELETE /:id': {
      summary: `Revoke ${name === 'API key' ? 'an' : 'a'} ${name}`,
      description: 'It stops working at once; the record of it stays.',
    },
  };
}

export const MERCHANT: readonly Noun[] = [
  {
    type: 'merchants',
    singular: 'merchant',
    plural: 'merchants',
    about: 'The merchant of the credentials, by the id `me` or its own.',
    versioned: true,
    operations: {
      'GET /:id': { summary: 'Read the merchant' },
      'PATCH /:id': {
        summary: 'Change the merchant',
        dto: UpdateMerchantDto,
        example: { attributes: { name: 'Beans & Co', toleranceBp: 50 } },
      },
    },
  },
  {
    type: 'members',
    singular: 'member',
    plural: 'members',
    about: 'Wallets that may sign in to the merchant, and in which role.',
    versioned: true,
    operations: {
      GET: { summary: 'List members' },
      POST: {
        summary: 'Invite a member',
        dto: InviteMemberDto,
        example: { attributes: { wallet: '$WALLET', role: 'viewer' } },
      },
      'GET /:id': { summary: 'Read a member' },
      'PATCH /:id': {
        summary: 'Change the role of a member',
        description: 'A merchant always keeps an owner.',
        dto: UpdateMemberDto,
        example: { attributes: { role: 'admin' } },
      },
      'POST /:id/acceptance': {
        summary: 'Accept an invitation',
        operationId: 'acceptInvitation',
        description: 'By the invited wallet; it opens this merchant from its next sign-in on.',
        bySession: true,
      },
      'DELETE /me': {
        summary: 'Leave the merchant',
        operationId: 'leaveMerchant',
        description:
          'The membership of the wallet that signed in ends, and its sessions with it. A merchant always keeps an owner.',
        bySession: true,
      },
      'DELETE /:id': {
        summary: 'Remove a member',
        description: 'The membership ends, and the sessions of the wallet with it. A merchant always keeps an owner.',
      },
    },
  },
  {
    type: 'receivingAccounts',
    singular: 'receiving account',
    plural: 'receiving accounts',
    about: 'Where money arrives. There is no way to take one away: what was asked of a payer before stays payable.',
    versioned: true,
    operations: {
      GET: { summary: 'List receiving accounts' },
      POST: {
        summary: 'Add a receiving account',
        description:
          '`signature` (SEP-53) shows that the account agrees; the wallet that makes the request needs none for itself.',
        dto: AddReceivingAccountDto,
        example: { attributes: { network: 'sandbox', address: '$WALLET', signature: '$SIGNATURE' } },
      },
      'GET /:id': { summary: 'Read a receiving account' },
      'PATCH /:id': {
        summary: 'Make a receiving account the default',
        dto: UpdateReceivingAccountDto,
        example: { attributes: { isDefault: true } },
      },
    },
  },
  {
    type: 'apiKeys',
    singular: 'API key',
    plural: 'API keys',
    about: 'Keys that are sent as bearer tokens.',
    operations: keys('API key'),
  },
  {
    type: 'clients',
    singular: 'client',
    plural: 'clients',
    about: 'Client keys with their secrets, sent as two headers.',
    operations: keys('client'),
  },
];
