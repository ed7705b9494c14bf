import { CreateCustomerDto, UpdateCustomerDto } from '../../customers/customer.dto';
import { CreateProductDto, UpdateProductDto } from '../../products/product.dto';
import { CreateTaxRateDto, UpdateTaxRateDto } from '../../products/tax-rate.dto';
import type { Noun } from '../nouns';

export const CATALOG: readonly Noun[] = [
  {
    type: 'products',
    singular: 'product',
    plural: 'products',
    about: 'What a merchant sells, with a price in one currency.',
    versioned: true,
    operations: {
      GET: { summary: 'List products' },
      POST: {
        summary: 'Create a product',
        dto: CreateProductDto,
        example: {
          attributes: { name: 'Tee', price: '19.90', currency: 'EUR', sku: 'TEE-$RANDOM', metadata: { size: 'M' } },
          relationships: { taxRate: { type: 'taxRates', id: '$TAX_RATE_ID' } },
        },
      },
      'GET /:id': { summary: 'Read a product' },
      'PATCH /:id': {
        summary: 'Change a product',
        description: 'Members that are not sent stay as they are.',
        dto: UpdateProductDto,
        example: { attributes: { price: '24.90' } },
      },
      'DELETE /:id': {
        summary: 'Delete a product',
        description: 'One that is used can only be archived: PATCH its `status`.',
      },
      'PATCH /:id/relationships/taxRate': {
        summary: 'Choose the tax rate of a product',
        description: '`data` is the tax rate, or null for none.',
      },
    },
  },
  {
    type: 'taxRates',
    singular: 'tax rate',
    plural: 'tax rates',
    about: 'Percentages that products can name.',
    versioned: true,
    operations: {
      GET: { summary: 'List tax rates' },
      POST: {
        summary: 'Create a tax rate',
        dto: CreateTaxRateDto,
        example: { attributes: { name: 'VAT', percentage: '19', inclusive: true } },
      },
      'GET /:id': { summary: 'Read a tax rate' },
      'PATCH /:id': {
        summary: 'Change a tax rate',
        dto: UpdateTaxRateDto,
        example: { attributes: { status: 'archived' } },
      },
      'DELETE /:id': {
        summary: 'Delete a tax rate',
        description: 'One that products name can only be archived.',
      },
    },
  },
  {
    type: 'customers',
    singular: 'customer',
    plural: 'customers',
    about: 'The address book of a merchant. An e-mail address is there once, whatever its case.',
    versioned: true,
    operations: {
      GET: { summary: 'List customers' },
      POST: {
        summary: 'Create a customer',
        dto: CreateCustomerDto,
        example: { attributes: { name: 'Grace', email: 'grace-$RANDOM@example.com', company: 'Beans Ltd' } },
      },
      'GET /:id': { summary: 'Read a customer' },
      'PATCH /:id': {
        summary: 'Change a customer',
        dto: UpdateCustomerDto,
        example: { attributes: { isFavorite: true } },
      },
      'DELETE /:id': { summary: 'Delete a customer' },
      'POST /:id/erasure': {
        summary: 'Erase who a customer was',
        versioned: true,
        description:
          'Name, address and e-mail are gone for good; the record stays for the books. Doing it again changes nothing.',
      },
    },
  },
];
