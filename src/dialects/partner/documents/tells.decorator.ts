import { applyDecorators, SetMetadata, UseInterceptors } from '@nestjs/common';
import type { Filters } from '../../../jsonapi/filters';
import type { Resource } from '../../../jsonapi/resource';
import { DocumentInterceptor } from './document.interceptor';
import { TELLS, type Tells } from './tells';

/** Handlers of this controller return rows of the resource; see DocumentInterceptor for what becomes of them. */
export function TellsOf<Row, F extends Filters, S extends string>(
  resource: Resource<Row, F, S>,
  tenant: Tells['tenant'] = 'merchant',
): ClassDecorator & MethodDecorator {
  return applyDecorators(
    SetMetadata(TELLS, { resource, tenant } satisfies Tells),
    UseInterceptors(DocumentInterceptor),
  );
}
