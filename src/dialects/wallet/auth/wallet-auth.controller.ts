import { Body, Controller, Get, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AuthenticationService } from '../../../auth/authentication.service';
import { Caller } from '../../../auth/caller.decorator';
import { ChallengesService, NONCE_SECONDS } from '../../../auth/challenges.service';
import { Authenticated, Public, RateLimited } from '../../../auth/policy';
import type { Principal } from '../../../common/principal';
import { SignInService } from '../../../auth/sign-in.service';
import { DomainError } from '../../../common/errors';
import { isAccountAddress } from '../../../stellar/address';
import { NONCE_LIMIT, SESSION_LIMIT } from './sign-in-limits';
import {
  type MeResponse,
  meResponse,
  NonceRequest,
  SessionRequest,
  type SessionResponse,
  sessionResponse,
} from './wallet-auth.dto';

@Controller('api/auth')
export class WalletAuthController {
  constructor(
    private readonly challenges: ChallengesService,
    private readonly signIn: SignInService,
    private readonly authentication: AuthenticationService,
  ) {}

  @Post('nonce')
  @HttpCode(200)
  @Public()
  @RateLimited(NONCE_LIMIT)
  async nonce(@Body() body: NonceRequest): Promise<{ nonce: string; message: string; expiresIn: number }> {
    const issued = await this.challenges.issue(walletOf(body));
    return { ...issued, expiresIn: NONCE_SECONDS };
  }

  @Post('session')
  @HttpCode(200)
  @Public()
  @RateLimited(SESSION_LIMIT)
  async session(@Body() body: SessionRequest): Promise<SessionResponse> {
    const { nonce, signature } = body;
    return sessionResponse(await this.signIn.withMessage({ wallet: walletOf(body), nonce, signature }));
  }

  /** Ends the session of the bearer token; the token is worth nothing from the next request on. */
  @Post('logout')
  @HttpCode(204)
  @Authenticated()
  async logout(@Req() request: FastifyRequest): Promise<void> {
    await this.authentication.signOut(request.raw.rawHeaders);
  }

  @Get('me')
  @Authenticated()
  me(@Caller() caller: Principal): MeResponse {
    return meResponse(caller);
  }
}

function walletOf(body: NonceRequest): string {
  const { walletAddress } = body;
  if (typeof walletAddress !== 'string' || !isAccountAddress(walletAddress)) throw new DomainError('invalid_address');
  return walletAddress;
}
