import { applyDecorators, SetMetadata, UseInterceptors } from '@nestjs/common';
import { KeysFirst } from '../../../idempotency/idempotent.decorator';
import type { Filters } from '../../../jsonapi/filters';
import type { Resource } from '../../../jsonapi/resource';
import { DocumentInterceptor } from './document.interceptor';
import { DOCUMENTS, type DocumentRules } from './document-rules';

/** Handlers of this controller return rows of the resource; see DocumentInterceptor for what becomes of them. */
export function DocumentsOf<Row, F extends Filters, S extends string>(
  resource: Resource<Row, F, S>,
  tenant: DocumentRules['tenant'] = 'merchant',
  one?: DocumentRules['one'],
): ClassDecorator & MethodDecorator {
  return applyDecorators(
    SetMetadata(DOCUMENTS, { resource, tenant, one } satisfies DocumentRules),
    KeysFirst(),
    UseInterceptors(DocumentInterceptor),
  );
}
