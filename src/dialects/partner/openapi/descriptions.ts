import type { OperationPlan } from './operation-plan';

/** What an operation does beyond its summary, and the scope it takes. Notes say it where the code cannot. */
export function descriptionOf(plan: OperationPlan): string {
  return [plan.notes.description ?? usual(plan), accessOf(plan)].join(' ');
}

function usual({ kind, noun, relationship, notes }: OperationPlan): string {
  switch (kind) {
    case 'list':
      return `${noun.about} Page by page: follow \`links.next\` until it is null.`;
    case 'create':
      return `${noun.about} Every fault of the request is told at once.`;
    case 'read':
      return `${noun.about} One that is not found and one that is not yours are the same 404.`;
    case 'update':
      return 'Members that are not sent stay as they are.';
    case 'delete':
      return 'It is gone for good.';
    case 'related':
      return `${relationship?.to === 'many' ? 'All of them' : 'The resource itself, or null'}, as at ${relationship?.to === 'many' ? 'their' : 'its'} own address.`;
    default:
      throw new Error(`nobody has described what "${notes.summary}" does`);
  }
}

function accessOf({ route: { policy } }: OperationPlan): string {
  if (policy?.kind === 'requires') return `Needs the scope \`${policy.scope}\`.`;
  return policy?.kind === 'public' ? 'Open to everybody.' : 'Any credentials will do.';
}
