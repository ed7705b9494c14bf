import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../common/principal';
import { Clock } from '../../../common/clock';
import type { Network } from '../../../common/network';
import { CurrenciesService } from '../../../rates/currencies.service';
import { Networks } from '../../../stellar/networks';
import type { LinkDraft } from '../../../links/terms/link-request';
import { linkTerms } from '../../../links/terms/link-terms';

/** Between the partner API's words for a link and the domain's. */
@Injectable()
export class LinkFacesService {
  constructor(
    private readonly currencies: CurrenciesService,
    private readonly networks: Networks,
    private readonly clock: Clock,
  ) {}

  /** A key makes links on its own network, a session on the deployment's first. */
  networkFor(caller: Principal): Network {
    return caller.network ?? this.networks.default.network;
  }

  terms(request: LinkDraft, network: Network, faulty: ReadonlySet<string>): ReturnType<typeof linkTerms> {
    return linkTerms(
      request,
      { assets: this.currencies.payableOn(network), find: (code) => this.currencies.find(code) },
      this.clock.now(),
      faulty,
    );
  }
}
