/**
 * Does work of its own while something that was sent is answered: a database works on another core. Whatever fails first is
 * thrown, and nothing is left without anybody who hears of it.
 */
export async function meanwhile<A, W>(answer: Promise<A>, work: () => W): Promise<[A, W]> {
  return Promise.all([answer, settled(work)]);
}

async function settled<W>(work: () => W): Promise<W> {
  return work();
}
