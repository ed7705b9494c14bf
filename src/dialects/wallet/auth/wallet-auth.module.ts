import { Module } from '@nestjs/common';
import { AuthModule } from '../../../auth/auth.module';
import { StellarTomlController } from '../stellar-toml.controller';
import { Sep10Controller } from './sep10.controller';
import { WalletAuthController } from './wallet-auth.controller';

/** Signing in with a wallet. Needs the global provider TomlSettings beside those of AuthModule. */
@Module({
  imports: [AuthModule],
  controllers: [WalletAuthController, Sep10Controller, StellarTomlController],
})
export class WalletAuthModule {}
