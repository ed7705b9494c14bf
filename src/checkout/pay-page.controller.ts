import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/policy';
import { DomainError, isDomainError } from '../common/errors';
import { CheckoutService } from './checkout.service';
import { ASSETS } from './page-assets';
import { notFoundPage } from './page-document';
import { HTML_TYPE, PAGE_HEADERS } from './page-security';
import { payPage } from './pay-page';
import { qrSvg } from './qr-svg';

/** The page a payer opens, and the three files it loads. */
@Controller('pay')
export class PayPageController {
  constructor(private readonly checkout: CheckoutService) {}

  @Get('assets/:name')
  @Public()
  asset(@Param('name') name: string, @Query('v') version: unknown, @Res() reply: FastifyReply): void {
    const asset = ASSETS.get(name);
    if (asset === undefined) throw new DomainError('invoice_not_found', { detail: 'There is nothing at this address' });
    // An older page may ask for a version that is gone: it gets today's, and nobody keeps it under that name.
    const caching = version === asset.version ? 'public, max-age=31536000, immutable' : 'no-cache';
    void reply.headers(PAGE_HEADERS).header('cache-control', caching).type(asset.contentType).send(asset.body);
  }

  @Get(':publicId/qr.svg')
  @Public()
  async code(@Param('publicId') publicId: string, @Res() reply: FastifyReply): Promise<void> {
    const { uri } = await this.checkout.facts(publicId);
    if (uri === null) throw new DomainError('invoice_not_found', { detail: 'There is nothing to pay here any more' });
    void reply.headers(PAGE_HEADERS).type('image/svg+xml').send(qrSvg(uri));
  }

  @Get(':publicId')
  @Public()
  async page(@Param('publicId') publicId: string, @Res() reply: FastifyReply): Promise<void> {
    void reply.headers(PAGE_HEADERS).type(HTML_TYPE);
    const page = await this.checkout.view(publicId).then(payPage, (error: unknown) => {
      if (!isDomainError(error, 'invoice_not_found')) throw error;
      void reply.status(404);
      return notFoundPage();
    });
    void reply.send(page);
  }
}
