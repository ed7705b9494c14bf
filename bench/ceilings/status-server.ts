import Fastify from 'fastify';
import pg from 'pg';

/** P1's ceiling: nothing but Fastify and one point read by a named prepared statement. */
const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 16 });
const app = Fastify();
const text = 'select public_id, status, paid_transaction, paid_at, expires_at from invoices where public_id = $1';

app.get<{ Params: { id: string } }>('/api/links/:id/status', async (request, reply) => {
  const { rows } = await pool.query<Record<string, unknown>>({ name: 'status', text, values: [request.params.id] });
  const row = rows[0];
  if (row === undefined) return reply.status(404).send({ error: 'Link not found' });
  return {
    id: row['public_id'],
    status: row['status'],
    transactionHash: row['paid_transaction'],
    confirmedAt: row['paid_at'],
    expiresAt: row['expires_at'],
  };
});
app.get('/ready', () => ({ ok: true }));
void app.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' });
