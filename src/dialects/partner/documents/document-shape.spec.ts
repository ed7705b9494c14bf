import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants';
import { routeHandlers } from '../../../http/route-handlers';
import { PARTNER_CONTROLLERS } from '../partner.controllers';
import { documentShape } from './document-shape';
import { DOCUMENTS } from './document-rules';

it.each([
  [RequestMethod.GET, '/', 'list'],
  [RequestMethod.POST, '/', 'created'],
  [RequestMethod.GET, ':id', 'one'],
  [RequestMethod.PATCH, ':id', 'one'],
  [RequestMethod.POST, ':id/cancellation', 'one'],
  [RequestMethod.DELETE, ':id', 'nothing'],
  [RequestMethod.DELETE, 'me', 'nothing'],
  [RequestMethod.GET, ':id/:name', 'related'],
  [RequestMethod.GET, ':id/relationships/:name', 'relationship'],
  [RequestMethod.PATCH, ':id/relationships/:name', 'nothing'],
  [RequestMethod.POST, ':id/relationships/:name', 'nothing'],
  [RequestMethod.DELETE, ':id/relationships/:name', 'nothing'],
] as const)('%i %s answers with %s', (method, path, shape) => {
  expect(documentShape(method, path)).toBe(shape);
});

it('every handler of the partner API tells of a resource, but for files: a receipt, and the books', () => {
  const silent = PARTNER_CONTROLLERS.flatMap((controller) =>
    routeHandlers(controller)
      .filter(
        ({ handler }) =>
          (Reflect.getMetadata(DOCUMENTS, handler) ?? Reflect.getMetadata(DOCUMENTS, controller)) === undefined,
      )
      .map(
        ({ handler }) =>
          `${RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod]} ${Reflect.getMetadata(PATH_METADATA, handler) as string}`,
      ),
  );
  expect(silent).toEqual(['GET :id/receipt', 'GET accounting']);
});
