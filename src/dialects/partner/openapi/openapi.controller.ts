import { createHash } from 'node:crypto';
import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../../auth/policy';
import { Settings } from '../../../env';
import { conditional } from '../../../http/conditional';
import { Produces } from '../../../jsonapi/produces.decorator';
import { docsPage, DOCS_HEADERS } from './docs-page';
import { startPage } from './start-page';

/** Loaded with the first reader. */
const document = (): typeof import('./document') => require('./document') as typeof import('./document');
/** The description of the partner API, for programs and for people. It is made when it is first asked for. */
@Controller()
export class OpenApiController {
  private made: { readonly text: string; readonly page: string; readonly tag: string } | undefined;

  constructor(private readonly settings: Settings) {}

  @Get('api/public/v1/openapi.json')
  @Public()
  @Produces('application/json')
  document(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): string | undefined {
    const { text, tag } = this.description();
    void reply.type('application/json; charset=utf-8');
    return conditional(request, reply, tag, () => text);
  }

  @Get('docs')
  @Public()
  page(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): string | undefined {
    const { page, tag } = this.description();
    void reply.headers(DOCS_HEADERS).type('text/html; charset=utf-8');
    return conditional(request, reply, tag, () => page);
  }

  @Get()
  @Public()
  start(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): string | undefined {
    const isTest = this.settings.networks.some(({ network }) => network === 'sandbox');
    const page = startPage(
      'Lumentill',
      [
        ['/docs', 'The partner API, for people'],
        ['/api/public/v1/openapi.json', 'The partner API, for programs'],
        ['/health/ready', 'Whether everything works'],
      ],
      isTest,
    );
    void reply.headers(DOCS_HEADERS).type('text/html; charset=utf-8');
    return conditional(request, reply, createHash('sha256').update(page).digest('base64url').slice(0, 22), () => page);
  }

  private description(): { readonly text: string; readonly page: string; readonly tag: string } {
    if (this.made !== undefined) return this.made;
    const text = document().openApiText();
    const page = docsPage(document().openApiDocument(), this.settings.publicUrl);
    this.made = { text, page, tag: createHash('sha256').update(page).update(text).digest('base64url').slice(0, 22) };
    return this.made;
  }
}
