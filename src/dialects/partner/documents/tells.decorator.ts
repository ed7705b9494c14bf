import { applyDecorators, SetMetadata, UseInterceptors } from '@nestjs/common';
import type { Resource } from '../../../jsonapi/resource';
import { DocumentInterceptor } from './document.interceptor';
import { TELLS, type Tells } from './tells';

/** Handlers of this controller return rows of the resource; see DocumentInterceptor for what becomes of them. */
// oxlint-disable-next-line typescript/no-explicit-any -- a resource of any row
export function TellsOf(resource: Resource<any, any, any>, tenant: Tells['tenant'] = 'merchant'): ClassDecorator & MethodDecorator {
  return applyDecorators(SetMetadata(TELLS, { resource, tenant } satisfies Tells), UseInterceptors(DocumentInterceptor));
}
