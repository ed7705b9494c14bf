import { Controller, Get, Header } from '@nestjs/common';
import { Public } from '../../auth/policy';
import { Sep10Service } from '../../auth/sep10.service';
import { LedgerSources } from '../../stellar/ledger-sources';
import { stellarToml } from '../../stellar/stellar-toml';
import { TomlSettings } from './toml-settings';

/** SEP-1: how wallets find the sign-in endpoint and check whose payment requests these are. */
@Controller('.well-known/stellar.toml')
export class StellarTomlController {
  private readonly text: string;

  constructor(settings: TomlSettings, sep10: Sep10Service, ledgers: LedgerSources) {
    const { publicUrl, uriRequestSigningKey, currencies } = settings;
    const [ledger] = ledgers.all;
    if (ledger === undefined) throw new Error('no network is enabled');
    const signingKey = sep10.signingAddress;
    this.text = stellarToml({
      networkPassphrase: ledger.passphrase,
      ...(signingKey === null ? {} : { signingKey, webAuthEndpoint: `${publicUrl}/api/auth/sep10` }),
      ...(uriRequestSigningKey === null ? {} : { uriRequestSigningKey }),
      organisation: { url: publicUrl },
      currencies,
    });
  }

  @Get()
  @Public()
  @Header('content-type', 'text/plain; charset=utf-8')
  @Header('access-control-allow-origin', '*')
  read(): string {
    return this.text;
  }
}
