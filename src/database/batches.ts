/**
 * Repeats a statement that removes at most `size` rows until it finds fewer, and returns how many went. Each one is a short
 * transaction: however much has piled up, none meets the statement time limit, and what is done stays done.
 */
export async function inBatches(size: number, remove: (size: number) => Promise<number>): Promise<number> {
  for (let total = 0; ;) {
    const removed = await remove(size);
    total += removed;
    if (removed < size) return total;
  }
}
