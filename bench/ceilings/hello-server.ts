import Fastify from 'fastify';

/** P8's ceiling: the least that an HTTP service on Node and Fastify has to load and do before it answers. */
const app = Fastify();
app.get('/health/live', () => ({ ok: true }));
void app.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' });
