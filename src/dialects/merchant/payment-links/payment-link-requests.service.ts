import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock';
import type { InputFault } from '../../../common/errors';
import type { ChangingPrincipal } from '../../../common/principal';
import type { SentBody } from '../../../http/sent-body';
import { validationFailed } from '../../../http/sent-body';
import type { PaymentLink } from '../../../links/payment-link';
import type { LinkChange } from '../../../links/terms/link-change';
import type { LinkOrder } from '../../../links/terms/link-order';
import { slugOf } from '../../../links/terms/slug';
import { CurrenciesService } from '../../../rates/currencies.service';
import { MerchantContextService } from '../merchant-context.service';
import type { CreatePaymentLinkDto, UpdatePaymentLinkDto } from './payment-link.dto';
import { wishFaults } from './payment-link-faults';
import { orderOf } from './payment-link-order';
import { PaymentLinkReferencesService } from './payment-link-references.service';
import { changedTerms, termsOf } from './payment-link-terms';
import { changedWish, linkTypeOf, recurringTypeOf, wishFor, wishOf } from './payment-link-wish';

/** What a shop sends as a link to be made, or as a change of one. */
@Injectable()
export class PaymentLinkRequestsService {
  constructor(
    private readonly references: PaymentLinkReferencesService,
    private readonly context: MerchantContextService,
    private readonly currencies: CurrenciesService,
    private readonly clock: Clock,
  ) {}

  /** Throws `validation_failed` with every fault, those of things that do not exist among them. */
  async order(author: ChangingPrincipal, { dto, faults }: SentBody<CreatePaymentLinkDto>): Promise<LinkOrder> {
    const network = await this.context.networkOf(author);
    const wish = wishOf(dto);
    const faulty = new Set(faults.map(rootOf));
    const slug = slugOf(typeof dto.url === 'string' ? dto.url : '');
    const isPayable = this.currencies.payableOn(network).includes(wish.currency);
    const maximum = isPayable && !faulty.has('currency') ? this.currencies.get(wish.currency).maximum : null;
    const { found, faults: missing } = await this.references.find(author.merchantId, wish, null);
    const all = [
      ...faults,
      ...(slug === undefined && !faulty.has('url') ? [SLUG_FAULT] : []),
      ...(isPayable ? [] : [{ path: 'currency', message: `cannot be paid with on ${network}` }]),
      ...wishFaults(wish, { isNew: true, said: saidOf(dto), faulty, maximum, now: this.clock.now() }),
      ...missing,
    ];
    if (all.length > 0 || slug === undefined || maximum === null) throw validationFailed(all);
    const terms = termsOf(wish, maximum);
    const order = orderOf(network, wish, terms, slug, found);
    const fault = await this.references.priceFault({ merchantId: author.merchantId, network, slug, ...terms }, order);
    if (fault !== undefined) throw validationFailed([fault]);
    return order;
  }

  /** Members that change, everything else as it is. Throws `validation_failed` with every fault; what `judge` finds is among them. */
  async change(
    link: PaymentLink,
    { dto, faults }: SentBody<UpdatePaymentLinkDto>,
    judge: (change: LinkChange) => readonly InputFault[],
  ): Promise<LinkChange> {
    const before = wishFor(link);
    const wish = changedWish(before, dto);
    const { maximum } = this.currencies.get(link.currency);
    const { found, faults: missing } = await this.references.find(link.merchantId, wish, before);
    const said = saidOf(dto);
    const all = [
      ...faults,
      ...fixedFaults(link, dto),
      ...wishFaults(wish, { isNew: false, said, faulty: new Set(faults.map(rootOf)), maximum, now: this.clock.now() }),
      ...missing,
    ];
    const terms = termsOf(wish, maximum);
    const changed = changedTerms(termsOf(before, maximum), terms);
    const change: LinkChange = {
      ...changed,
      ...(dto.status === undefined ? {} : { status: dto.status === 'ACTIVE' ? 'active' : 'inactive' }),
    };
    const blamed = new Set(all.map(rootOf));
    const told = [...all, ...judge(change).filter(({ path }) => !blamed.has(path))];
    if (told.length > 0) throw validationFailed(told);
    if (PRICE_TERMS.some((name) => name in changed)) {
      const order = orderOf(link.network, wish, terms, link.slug ?? '', found);
      const fault = await this.references.priceFault({ ...link, ...terms }, order);
      if (fault !== undefined) throw validationFailed([fault]);
    }
    return change;
  }
}

const PRICE_TERMS = ['amount', 'productIds', 'productQuantities', 'taxRateId', 'collectsTax', 'adjustsQuantity'];
const SLUG_FAULT: InputFault = {
  path: 'url',
  message:
    'must be 1 to 100 letters, digits and . - _ with / between, such as summer-sale, or a URL whose last segment is so',
};

function rootOf({ path }: InputFault): string {
  return path.split('.', 1)[0] ?? '';
}

function saidOf(dto: object): ReadonlySet<string> {
  return new Set(Object.entries(dto).flatMap(([name, value]) => (value === undefined ? [] : [name])));
}

/** What was printed on paper and what payers were told stays: these may only be sent back as they are. */
function fixedFaults(link: PaymentLink, dto: UpdatePaymentLinkDto): InputFault[] {
  const { url, linkType, currency, recurringType } = dto;
  const faults: InputFault[] = [];
  const say = (path: string): unknown =>
    faults.push({ path, message: 'cannot be changed: leave it out, or make another payment link' });
  if (url !== undefined && (typeof url !== 'string' || slugOf(url) !== link.slug)) say('url');
  if (linkType !== undefined && !isSameType(linkType, link)) say('linkType');
  if (currency !== undefined && currency !== link.currency.toLowerCase()) say('currency');
  const { recurrence } = link;
  if (recurringType !== undefined && recurrence !== null && recurringType !== recurringTypeOf(recurrence))
    say('recurringType');
  return faults;
}

function isSameType(sent: unknown, link: PaymentLink): boolean {
  const told = linkTypeOf(link);
  return sent === told || (sent === 'COLLECTION' && told === 'DONATION');
}
