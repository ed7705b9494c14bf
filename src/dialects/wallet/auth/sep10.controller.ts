import { Body, Controller, Get, Header, HttpCode, Options, Post, Query } from '@nestjs/common';
import { Public, RateLimited } from '../../../auth/policy';
import { type ChallengeAnswer, type ChallengeQuery, Sep10Service } from '../../../auth/sep10.service';
import { SignInService } from '../../../auth/sign-in.service';
import { TakesForm } from '../../../http/form-body';
import { NONCE_LIMIT, SESSION_LIMIT } from './sign-in-limits';
import { Sep10Request, type SessionResponse, sessionResponse } from './wallet-auth.dto';

/** SEP-10 "Endpoints": wallets call these from any origin. */
@Controller('api/auth/sep10')
export class Sep10Controller {
  constructor(
    private readonly sep10: Sep10Service,
    private readonly signIn: SignInService,
  ) {}

  @Get()
  @Public()
  @RateLimited(NONCE_LIMIT)
  @Header('access-control-allow-origin', '*')
  challenge(@Query() query: ChallengeQuery): Promise<ChallengeAnswer> {
    return this.sep10.challenge(query);
  }

  @Post()
  @HttpCode(200)
  @Public()
  @RateLimited(SESSION_LIMIT)
  @TakesForm('too')
  @Header('access-control-allow-origin', '*')
  async token(@Body() body: Sep10Request): Promise<SessionResponse> {
    return sessionResponse(await this.signIn.withTransaction(body.transaction));
  }

  /** Browsers ask before they post JSON across origins. */
  @Options()
  @HttpCode(204)
  @Public()
  @Header('access-control-allow-origin', '*')
  @Header('access-control-allow-methods', 'GET, POST')
  @Header('access-control-allow-headers', 'content-type')
  preflight(): void {
    // The headers are the whole answer.
  }
}
