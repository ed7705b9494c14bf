/**
 * Does work of its own while a request is answered elsewhere: a database works on another core. The first failure is
 * thrown, and every failure is handled.
 */
export async function meanwhile<A, W>(answer: Promise<A>, work: () => W): Promise<[A, W]> {
  return Promise.all([answer, settled(work)]);
}

async function settled<W>(work: () => W): Promise<W> {
  return work();
}
