import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Principal } from '../auth/principal';
import { Clock } from '../common/clock';
import type { Network } from '../common/network';
import { Settings } from '../env';
import { LoaderRegistry } from '../jsonapi/loader-registry';
import { CurrenciesService } from '../rates/currencies.service';
import { Networks } from '../stellar/networks';
import type { TellableLink } from './link.resource';
import type { LinkDraft } from './link-request';
import { linkTerms } from './link-terms';
import { type LinkOwner, LinksRepository } from './links.repository';
import type { PaymentLink } from './payment-link';

/** Between the partner API's words for a link and the domain's. */
@Injectable()
export class LinkFaces implements OnModuleInit {
  constructor(
    private readonly repository: LinksRepository,
    private readonly loaders: LoaderRegistry,
    private readonly currencies: CurrenciesService,
    private readonly networks: Networks,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.loaders.addById('paymentLinks', async (reader, ids) => (await this.repository.listByIds(reader as LinkOwner, ids)).map(this.of));
  }

  readonly of = (link: PaymentLink): TellableLink => ({ ...link, hostedPageUrl: `${this.settings.publicUrl}/pay/${link.publicId}` });

  /** A key makes links on its own network, a session on the deployment's first. */
  networkFor(caller: Principal): Network {
    return caller.network ?? this.networks.default.network;
  }

  terms(request: LinkDraft, network: Network, faulty: ReadonlySet<string>): ReturnType<typeof linkTerms> {
    return linkTerms(request, { assets: this.currencies.payableOn(network), find: (code) => this.currencies.find(code) }, this.clock.now(), faulty);
  }
}
