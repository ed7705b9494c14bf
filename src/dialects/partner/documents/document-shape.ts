import { RequestMethod } from '@nestjs/common';

/** What a route of the partner API answers with. */
export type DocumentShape = 'list' | 'one' | 'created' | 'related' | 'relationship' | 'nothing';

/** From the method and the path below its collection, as the route declares them. */
export function documentShape(method: RequestMethod, path: string): DocumentShape {
  const named = path.endsWith('/:name');
  if (method === RequestMethod.GET && named) return path.includes('/relationships/') ? 'relationship' : 'related';
  const collection = path === '/' || path === '';
  if (method === RequestMethod.GET) return collection ? 'list' : 'one';
  if (method === RequestMethod.POST) return named ? 'nothing' : collection ? 'created' : 'one';
  return method === RequestMethod.PATCH && !named ? 'one' : 'nothing';
}
