/** How many texts are kept; at 1 to 3 KiB each. Enough for the pages that several readers are working through. */
const CAPACITY = 8_192;

/** JSON text of immutable records, the oldest forgotten first. */
export class RecordCache {
  private readonly texts = new Map<object, string>();

  text(record: object, build: () => unknown): string {
    const known = this.texts.get(record);
    if (known !== undefined) return known;
    const built = JSON.stringify(build());
    if (this.texts.size >= CAPACITY) {
      const oldest = this.texts.keys().next().value;
      if (oldest !== undefined) this.texts.delete(oldest);
    }
    this.texts.set(record, built);
    return built;
  }
}
