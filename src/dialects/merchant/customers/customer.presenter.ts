import { isoInstant } from '../../../common/clock';
import type { Customer } from '../../../customers/customer';
import { namesOf } from '../../../customers/customer-name';

export function customerView(customer: Customer): Record<string, unknown> {
  const { firstName, lastName } = namesOf(customer);
  return {
    id: customer.id,
    first_name: firstName,
    last_name: lastName,
    email: customer.email,
    phone_number: customer.phoneNumber,
    customer_type: customer.type,
    status: customer.status.toUpperCase(),
    created_at: isoInstant(customer.createdAt),
    updated_at: isoInstant(customer.updatedAt),
  };
}
