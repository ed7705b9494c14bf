import { Injectable } from '@nestjs/common';
import { emailAddress } from '../../common/email-address';
import { isDomainError } from '../../common/errors';
import { isEmailAddress } from '../../http/email.decorator';
import type { CheckoutChoice } from '../../links/offers/link-offer';
import { EnrolmentService } from '../../subscriptions/enrolment.service';
import { choosePage, endedPage } from '../choose-page';
import { type ChoiceValues, choiceValues, faultOf, formKey, sentToken } from '../choice-form';
import type { OfferView } from '../offer-view';
import { OffersService } from '../offers.service';
import { notFoundPage } from '../page-document';
import type { PageAnswer } from '../page-answer';
import { imageHostsOf } from '../pictures';
import { detailsSaid } from '../shop-form';
import { noPortalPage, portalPage } from './portal-page';
import { PortalService } from './portal.service';
import type { SubscribeState } from './subscribe-form';

const NO_ADDRESS = 'Enter an e-mail address such as name@example.com, or leave it empty.';
const UNKNOWN_ACT =
  'Nothing was changed, because this page does not know what you asked for. Please use the buttons below.';
const MISSING: PageAnswer = { status: 404, page: noPortalPage() };

/** The pages by which payers subscribe and look after their subscription, without a script. */
@Injectable()
export class PortalPagesService {
  constructor(
    private readonly portal: PortalService,
    private readonly enrolment: EnrolmentService,
    private readonly offers: OffersService,
  ) {}

  /** What a payer sent with the form of a link; a refusal is the form once more, with the reason. */
  async subscribe(publicId: string, form: unknown, address: string): Promise<PageAnswer> {
    const view = await this.offer(publicId);
    if (view === null) return { status: 404, page: notFoundPage() };
    const token = sentToken(form);
    const email = emailAddress(textOf(form, 'email'));
    const values = choiceValues(form, view, token ?? this.offers.token());
    const state = { token: values.token, email };
    if (email !== '' && !isEmailAddress(email)) return offered(view, values, { ...state, fault: NO_ADDRESS }, 422);
    try {
      const { portalUrl } = await this.enrolment.enrol(
        publicId,
        { asset: textOf(form, 'asset') || (view.assets[0]?.code ?? ''), ...detailsOf(view, values) },
        { email: email === '' ? null : email },
        address,
        formKey(form, ['email']),
      );
      return { location: new URL(portalUrl).pathname };
    } catch (error) {
      if (!isDomainError(error) || error.status >= 500) throw error;
      const now = (await this.offer(publicId)) ?? view;
      const fault = faultOf(error, now);
      const told = fault.field === null ? { fault: fault.message } : { fault: null, details: fault };
      const answer = offered(now, values, { ...state, ...told }, error.status);
      return error.retryAfterSeconds === undefined ? answer : { ...answer, retryAfterSeconds: error.retryAfterSeconds };
    }
  }

  async open(token: string): Promise<PageAnswer> {
    return this.page(token, { fault: null, confirms: false });
  }

  /** What a subscriber pressed. Cancelling takes two of them. What is done leads back to the page, so that loading it again does nothing again. */
  async act(token: string, requestId: string, form: unknown): Promise<PageAnswer> {
    const does = textOf(form, 'does');
    if (does === 'ask') return this.page(token, { fault: null, confirms: true });
    try {
      if (does === 'cancel' || does === 'cancel_at_end')
        await this.portal.cancel(token, requestId, does === 'cancel_at_end');
      else if (does === 'resume') await this.portal.resume(token, requestId);
      else if (does === 'email') {
        const email = emailAddress(textOf(form, 'email'));
        if (email !== '' && !isEmailAddress(email))
          return this.page(token, { fault: NO_ADDRESS, confirms: false }, 422);
        await this.portal.changeEmail(token, requestId, email === '' ? null : email);
      } else return this.page(token, { fault: UNKNOWN_ACT, confirms: false }, 422);
      return { location: `/s/${encodeURIComponent(token)}` };
    } catch (error) {
      if (!isDomainError(error) || error.status >= 500 || error.code === 'portal_token_invalid')
        return this.lost(error);
      return this.page(token, { fault: error.message, confirms: false }, error.status);
    }
  }

  private async page(token: string, note: Parameters<typeof portalPage>[1], status = 200): Promise<PageAnswer> {
    try {
      return { status, page: portalPage(await this.portal.view(token), note) };
    } catch (error) {
      return this.lost(error);
    }
  }

  private lost(error: unknown): PageAnswer {
    if (isDomainError(error, 'portal_token_invalid')) return MISSING;
    throw error;
  }

  private async offer(publicId: string): Promise<OfferView | null> {
    try {
      const view = await this.offers.view(publicId);
      return view.recurrence === null ? null : view;
    } catch (error) {
      if (isDomainError(error, 'link_not_found')) return null;
      throw error;
    }
  }
}

/** The e-mail address is the subscription's own, not the invoice's. */
function detailsOf({ shop }: OfferView, values: ChoiceValues): Pick<CheckoutChoice, 'details'> {
  if (shop === null) return {};
  const { email: _email, ...details } = detailsSaid(values.shop, shop);
  return { details };
}

function offered(
  view: OfferView,
  values: ChoiceValues,
  subscribing: SubscribeState,
  status: number,
): PageAnswer & { readonly status: number } {
  const { state } = view;
  if (state !== 'open') return { status, page: endedPage({ ...view, state }) };
  return { status, page: choosePage(view, values, null, subscribing), imageHosts: imageHostsOf(view) };
}

function textOf(form: unknown, name: string): string {
  const value =
    typeof form === 'object' && form !== null && Object.hasOwn(form, name)
      ? (form as Readonly<Record<string, unknown>>)[name]
      : '';
  return typeof value === 'string' ? value.trim().slice(0, 400) : '';
}
