import { TestApp } from '../support/app';

/**
 * Products and customers as the merchant API's published TypeScript client asks for them, byte by byte: its forms come from URLSearchParams
 * by way of fetch, its JSON without what was not given, its queries from encodeURIComponent.
 */

const FORM = 'application/x-www-form-urlencoded;charset=UTF-8';

let app: TestApp;
let pair: Record<string, string>;

beforeAll(async () => {
  app = await TestApp.start({ reconcile: false, env: { LIMIT_MERCHANT_PER_MINUTE: '1000' } });
  pair = await app.clientPair((await app.merchant()).merchantId);
});
afterAll(() => app.stop());

/** The bytes are given; what else a request has is what fetch adds by itself. */
async function call(
  method: string,
  path: string,
  type?: string,
  body?: string,
): Promise<{ readonly status: number; readonly json: Json }> {
  const response = await fetch(`${app.url}${path}`, {
    method,
    headers: { ...(type === undefined ? {} : { 'Content-Type': type }), ...pair },
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, json: (await response.json()) as Json };
}
type Json = Readonly<Record<string, unknown>>;

describe('ProductsApi', () => {
  const FULL = `name=Premium+Widget&description=High-quality+widget+for+all+your+needs&price=99.99&currency=USD&type=physical&weight=8.14&unit=kg&quantity=8.14&stockCount=25&status=ACTIVE&productType=good&images=${'https%3A%2F%2Fstorage.example.com%2Fimages%2Ffile1.jpg%2Chttps%3A%2F%2Fstorage.example.com%2Fimages%2Ffile2.jpg'}`;
  const TOLD = {
    name: 'Premium Widget',
    description: 'High-quality widget for all your needs',
    price: '99.99',
    currency: 'USD',
    type: 'physical',
    weight: 8.14,
    unit: 'kg',
    quantity: 8.14,
    stockCount: 25,
    status: 'ACTIVE',
    productType: 'good',
    images: ['https://storage.example.com/images/file1.jpg', 'https://storage.example.com/images/file2.jpg'],
  };
  let id: string;

  it('productControllerCreate sends a form of texts, images joined by commas', async () => {
    const { status, json } = await call('POST', '/api/v0/products', FORM, FULL);
    expect([status, json]).toEqual([201, expect.objectContaining(TOLD)]);
    id = json['id'] as string;
  });

  it('productControllerCreate sends what is required, and no more where no more is given', async () => {
    const { status, json } = await call('POST', '/api/v0/products', FORM, 'name=n&description=d&price=1');
    expect([status, json['price'], json['currency'], json['images']]).toEqual([201, '1.00', 'USD', []]);
  });

  it('productControllerFindAll asks with skip and take, or without a query', async () => {
    const asked = await call('GET', '/api/v0/products?skip=1&take=10');
    expect(asked.json).toEqual({ data: [expect.objectContaining({ id, ...TOLD })], total: 2, skip: 1, take: 10 });
    expect((await call('GET', '/api/v0/products')).json).toMatchObject({ total: 2, skip: 0, take: 10 });
  });

  it('productControllerFindOne reads one', async () => {
    const { status, json } = await call('GET', `/api/v0/products/${id}`);
    expect([status, json]).toEqual([200, expect.objectContaining({ id, ...TOLD })]);
  });

  it('productControllerUpdate sends a form of what changes; an empty list of images is an empty field', async () => {
    const { status, json } = await call('PUT', `/api/v0/products/${id}`, FORM, 'price=129.99&images=');
    expect([status, json]).toEqual([200, expect.objectContaining({ id, ...TOLD, price: '129.99', images: [] })]);
  });

  it('productControllerRemove sends no body and reads a status of success', async () => {
    expect((await call('DELETE', `/api/v0/products/${id}`)).status).toBe(200);
    expect(await call('GET', `/api/v0/products/${id}`)).toMatchObject({
      status: 404,
      json: { statusCode: 404, message: 'Product not found', error: 'Not Found' },
    });
  });
});

describe('CustomersApi', () => {
  const JSON_TYPE = 'application/json';
  const FULL =
    '{"first_name":"John","last_name":"Doe","email":"john.doe@example.com","phone_number":"+1-555-123-4567","customer_type":"Startup","status":"ACTIVE"}';
  let id: string;

  it('customerControllerCreate sends the members of CreateCustomerDto in snake case', async () => {
    const { status, json } = await call('POST', '/api/v0/customers', JSON_TYPE, FULL);
    expect([status, json]).toEqual([201, expect.objectContaining(JSON.parse(FULL))]);
    id = json['id'] as string;
  });

  it('customerControllerCreate leaves out what is not given', async () => {
    const least = '{"first_name":"Ann","last_name":"Lee","phone_number":"+15551234567"}';
    const { status, json } = await call('POST', '/api/v0/customers', JSON_TYPE, least);
    expect([status, json['email'], json['customer_type'], json['status']]).toEqual([201, null, 'Individual', 'ACTIVE']);
  });

  it('customerControllerCreate with a known e-mail address reads 409 and looks the customer up by it', async () => {
    expect((await call('POST', '/api/v0/customers', JSON_TYPE, FULL)).status).toBe(409);
    const found = await call('GET', '/api/v0/customers?skip=0&take=10&email=john.doe%40example.com');
    expect([found.json['total'], (found.json['data'] as Json[])[0]?.['id']]).toEqual([1, id]);
  });

  it('customerControllerFindAll asks with every filter at once', async () => {
    const { status, json } = await call(
      'GET',
      '/api/v0/customers?skip=0&take=20&status=ACTIVE&name=John&email=john.doe%40example.com',
    );
    expect([status, json]).toEqual([200, { data: [expect.objectContaining({ id })], total: 1, skip: 0, take: 20 }]);
  });

  it('customerControllerFindOne reads one', async () => {
    expect((await call('GET', `/api/v0/customers/${id}`)).json).toMatchObject(JSON.parse(FULL) as object);
    expect((await call('GET', '/api/v0/customers/non-existent-id')).status).toBe(404);
  });

  it('customerControllerUpdate sends what changes', async () => {
    const change = '{"last_name":"Smith","phone_number":"+1-987-654-3210","customer_type":"Small Business"}';
    const { status, json } = await call('PATCH', `/api/v0/customers/${id}`, JSON_TYPE, change);
    expect([status, json]).toEqual([200, expect.objectContaining({ ...JSON.parse(FULL), ...JSON.parse(change) })]);
  });
});
