import { Transform } from 'class-transformer';
import { emailAddress } from '../../../common/email-address';
import { IsEmailAddress } from '../../../http/email.decorator';
import { Omittable } from '../../../http/omittable.decorator';
import { Trimmed } from '../../../http/trimmed.decorator';
import { IsIn, IsOptional, IsString, Length, MaxLength, registerDecorator } from '../../../http/validators';
import { IsVisible } from '../../../http/visible.decorator';
import { CUSTOMER_STATUSES, CUSTOMER_TYPES, type CustomerStatus, type CustomerType } from '../../../customers/customer';
import type { CustomerDraft, CustomerFacts, CustomerSearch } from '../../../customers/customer-records.service';
import { isPhoneNumber } from '../../../customers/phone-number';
import { IsSkip, IsTake } from '../list-query';
import { ChangedNamesOfShops, NamesOfShops } from '../member-names';

const STATUSES = CUSTOMER_STATUSES.map((status) => status.toUpperCase());
const MAX_EMAIL = 255;
const DEFAULT_TYPE: CustomerType = 'Individual';
const DEFAULT_STATUS = 'ACTIVE';

function IsPhoneNumber(): PropertyDecorator {
  return (target, property) => {
    registerDecorator({
      name: 'isPhoneNumber',
      target: target.constructor,
      propertyName: property as string,
      validator: {
        validate: (value: unknown) => typeof value === 'string' && isPhoneNumber(value),
        defaultMessage: () =>
          'value must be a phone number of at most 20 characters, such as +1-555-123-4567 or +15551234567',
      },
    });
  };
}

const MEANT = { phone: 'phone_number', type: 'customer_type', emailAddress: 'email' };

@NamesOfShops(MEANT)
export class CreateCustomerDto {
  @Trimmed() @IsString() @Length(1, 100) @IsVisible() first_name: string;
  @Trimmed() @IsString() @Length(1, 100) @IsVisible() last_name: string;
  @Trimmed() @IsString() @IsPhoneNumber() phone_number: string;
  @IsOptional() @IsEmailAddress() @IsString() @MaxLength(MAX_EMAIL) email?: string;
  @IsOptional() @IsIn(CUSTOMER_TYPES) customer_type?: CustomerType;
  @IsOptional() @IsIn(STATUSES) status?: string;
}

@ChangedNamesOfShops(MEANT)
export class UpdateCustomerDto {
  @Omittable() @Trimmed() @IsString() @Length(1, 100) @IsVisible() first_name?: string;
  @Omittable() @Trimmed() @IsString() @Length(1, 100) @IsVisible() last_name?: string;
  @Omittable() @Trimmed() @IsString() @IsPhoneNumber() phone_number?: string;
  @IsOptional() @IsEmailAddress() @IsString() @MaxLength(MAX_EMAIL) email?: string | null;
  @IsOptional() @IsIn(CUSTOMER_TYPES) customer_type?: CustomerType | null;
  @IsOptional() @IsIn(STATUSES) status?: string | null;
}

export class ListCustomersQuery {
  @IsSkip() skip?: string;
  @IsTake(100) take?: string;
  @IsOptional() @IsIn(STATUSES) status?: string;
  @IsOptional() @Trimmed() @IsString() @Length(1, 200) name?: string;
  @IsOptional()
  @Transform(({ value }: { readonly value: unknown }) =>
    typeof value === 'string' ? emailAddress(value.trim()) : value,
  )
  @IsString()
  @Length(1, 320)
  email?: string;
}

/** Of a body without faults. */
export function newCustomer(dto: CreateCustomerDto): CustomerDraft {
  const { first_name: firstName, last_name: lastName, ...rest } = dto;
  return { ...factsOf(rest), firstName, lastName };
}

/** The members that were sent, of a body without faults. */
export function customerChange({ first_name, last_name, ...rest }: UpdateCustomerDto): Partial<CustomerFacts> {
  return {
    ...(first_name === undefined ? {} : { firstName: first_name }),
    ...(last_name === undefined ? {} : { lastName: last_name }),
    ...factsOf(rest),
  };
}

export function customerSearch({ name, email, status }: ListCustomersQuery): CustomerSearch {
  return {
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
    ...(status === undefined ? {} : { status: statusOf(status) }),
  };
}

function factsOf(
  sent: Omit<UpdateCustomerDto, 'first_name' | 'last_name'>,
): Partial<Pick<CustomerFacts, 'phoneNumber' | 'email' | 'type' | 'status'>> {
  const { phone_number: phoneNumber, email, customer_type: type, status } = sent;
  return {
    ...(phoneNumber === undefined ? {} : { phoneNumber }),
    ...(email === undefined ? {} : { email }),
    ...(type === undefined ? {} : { type: type ?? DEFAULT_TYPE }),
    ...(status === undefined ? {} : { status: statusOf(status ?? DEFAULT_STATUS) }),
  };
}

function statusOf(told: string): CustomerStatus {
  return told.toLowerCase() as CustomerStatus;
}
