import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { MerchantsModule } from '../merchants/merchants.module';
import { AccessGuard } from './access.guard';
import { AnonymousLimiter } from './anonymous-limiter';
import { AuthHousekeepingService } from './auth-housekeeping.service';
import { AuthenticationService } from './authentication.service';
import { CallerLimitsService } from './caller-limits.service';
import { ChallengesRepository } from './challenges.repository';
import { ChallengesService } from './challenges.service';
import { CredentialsRepository } from './credentials.repository';
import { CredentialsService } from './credentials.service';
import { RateLimitsRepository } from './rate-limits.repository';
import { RateLimitsService } from './rate-limits.service';
import { Sep10Service } from './sep10.service';
import { SessionJwts } from './session-jwts';
import { SessionsRepository } from './sessions.repository';
import { SessionsService } from './sessions.service';
import { SignInService } from './sign-in.service';
import { WalletControlService } from './wallet-control.service';

/**
 * Importing it closes every handler of the application (the guard is global). Needs the global providers Clock,
 * Ids, Randomness, Transactions, LedgerSources and AuthSettings.
 */
@Module({
  imports: [MerchantsModule],
  providers: [
    { provide: APP_GUARD, useClass: AccessGuard },
    AnonymousLimiter,
    AuthHousekeepingService,
    AuthenticationService,
    CallerLimitsService,
    ChallengesRepository,
    ChallengesService,
    CredentialsRepository,
    CredentialsService,
    RateLimitsRepository,
    RateLimitsService,
    Sep10Service,
    SessionJwts,
    SessionsRepository,
    SessionsService,
    SignInService,
    WalletControlService,
  ],
  exports: [
    AuthHousekeepingService,
    AuthenticationService,
    CallerLimitsService,
    ChallengesService,
    CredentialsService,
    RateLimitsService,
    Sep10Service,
    SessionsService,
    SignInService,
  ],
})
export class AuthModule {}
