import { IsOptional, IsString, Length, registerDecorator } from '../../../http/validators';
import { amountOf, parseAmount } from '../../../common/money';
import { isNetwork, type Network } from '../../../common/network';
import type { Principal } from '../../../common/principal';
import type { RequestBody } from '../../../jsonapi/request-body';
import type { QuoteRequest } from '../../../rates/quotes.service';

function IsAmountText(): PropertyDecorator {
  return (target, property) => {
    registerDecorator({
      name: 'isAmountText',
      target: target.constructor,
      propertyName: property as string,
      validator: {
        validate: (value: unknown) => typeof value === 'string' && (parseAmount(value)?.amount ?? 0n) > 0n,
        defaultMessage: () => 'value must be a decimal string above zero such as "100.00"',
      },
    });
  };
}

export class CreateQuoteDto {
  @IsAmountText() amount: string;
  @IsString() @Length(3, 12) currency: string;
  @IsString() @Length(1, 12) payCurrency: string;
  @IsOptional() @IsString() @Length(1, 20) network?: string | null;
}

/** A credential bound to a network quotes on that network only; others may choose, `usual` when they do not. */
export function quoteNetwork(body: RequestBody<CreateQuoteDto>, principal: Principal, usual: Network): Network {
  const chosen = body.attributes.network ?? principal.network ?? usual;
  if (!isNetwork(chosen)) throw body.invalid({ network: 'is not a network of this deployment' });
  if (principal.network !== null && chosen !== principal.network)
    throw body.invalid({ network: `must be ${principal.network}, the network of these credentials` });
  return chosen;
}

export function quoteRequest(body: RequestBody<CreateQuoteDto>, principal: Principal, usual: Network): QuoteRequest {
  const { amount, currency, payCurrency } = body.attributes;
  return {
    merchantId: principal.merchantId,
    network: quoteNetwork(body, principal, usual),
    amount: amountOf(amount),
    currency,
    asset: payCurrency,
  };
}
