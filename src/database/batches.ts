/**
 * Repeats a statement that takes up to `size` rows until it finds fewer, and returns how many it took. Each one is a short
 * transaction: however much has piled up, none meets the statement time limit, and what is done stays done.
 */
export async function inBatches(size: number, take: (size: number) => Promise<number>): Promise<number> {
  for (let total = 0; ;) {
    const taken = await take(size);
    total += taken;
    if (taken < size) return total;
  }
}
