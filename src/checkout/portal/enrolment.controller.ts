import { Body, Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CallerAddress } from '../../auth/caller.decorator';
import { Public, RateLimited } from '../../auth/policy';
import { Settings } from '../../env';
import { FailsWith } from '../../http/route-failure';
import { EnrolmentService } from '../../subscriptions/enrolment.service';
import { CHOICE_LIMIT } from '../choice-limit';
import { detailsSaid } from '../choice.dto';
import { choiceKey } from '../choice-key';
import { EnrolmentDto } from './enrolment.dto';

interface EnrolmentAnswer {
  /** Of the first invoice. */
  readonly publicId: string;
  readonly portalUrl: string;
  /** Where the first invoice is paid. */
  readonly url: string;
}

/** Subscribing, for programs. */
@Controller('checkout')
export class EnrolmentController {
  constructor(
    private readonly enrolment: EnrolmentService,
    private readonly settings: Settings,
  ) {}

  /** The invoice of the first period, and the portal of the subscription that begins when it is paid. */
  @Post(':publicId/subscription')
  @HttpCode(200)
  @Public()
  @RateLimited(CHOICE_LIMIT)
  @FailsWith('Failed to subscribe')
  async enrol(
    @Param('publicId') publicId: string,
    @Body() { asset, email, ...said }: EnrolmentDto,
    @CallerAddress() address: string,
    @Req() request: FastifyRequest,
  ): Promise<EnrolmentAnswer> {
    const { name, address: postal, customFields } = said;
    const details = detailsSaid({
      ...(name === undefined ? {} : { name }),
      ...(postal === undefined ? {} : { address: postal }),
      ...(customFields === undefined || customFields === null ? {} : { customFields }),
    });
    const { invoice, portalUrl } = await this.enrolment.enrol(
      publicId,
      { asset, ...details },
      { email: email ?? null },
      address,
      choiceKey(request),
    );
    return { publicId: invoice.publicId, portalUrl, url: `${this.settings.publicUrl}/pay/${invoice.publicId}` };
  }
}
