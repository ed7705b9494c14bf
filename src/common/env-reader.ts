/** Variables by name; an absent one is undefined. */
export type Source = Readonly<Record<string, string | undefined>>;

/** Reads variables and gathers every fault, so that one start reports all of them. */
export class EnvReader {
  readonly faults: string[] = [];
  private readonly known = new Set<string>();

  constructor(private readonly source: Source) {}

  text(name: string, fallback: string): string;
  text(name: string, fallback: null): string | null;
  text(name: string, fallback: string | null): string | null {
    this.known.add(name);
    const value = this.source[name]?.trim();
    return value === undefined || value === '' ? fallback : value;
  }

  integer(name: string, fallback: number, min: number, max: number): number {
    const text = this.text(name, String(fallback));
    const value = Number(text);
    if (/^\d{1,12}$/.test(text) && value >= min && value <= max) return value;
    return this.fault(`${name} must be a whole number from ${min} to ${max}`, fallback);
  }

  flag(name: string, fallback: boolean): boolean {
    const text = this.text(name, fallback ? '1' : '0');
    if (['1', 'true', 'yes', 'on'].includes(text)) return true;
    if (['0', 'false', 'no', 'off'].includes(text)) return false;
    return this.fault(`${name} must be 1 or 0`, fallback);
  }

  choice<T extends string>(name: string, options: readonly T[], fallback: T): T {
    const text = this.text(name, fallback);
    const found = options.find((option) => option === text);
    return found ?? this.fault(`${name} must be one of ${options.join(', ')}`, fallback);
  }

  origin(name: string, fallback: string): string {
    const text = this.text(name, fallback).replace(/\/+$/, '');
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url !== undefined && /^https?:$/.test(url.protocol) && url.origin === text) return text;
    return this.fault(`${name} must be an origin such as https://pay.example.com, without a path`, fallback);
  }

  url(name: string, fallback: string | null, schemes: RegExp): string | null {
    const text = this.text(name, fallback as string);
    if (text === null || (URL.canParse(text) && schemes.test(new URL(text).protocol))) return text;
    return this.fault(`${name} must be a URL with one of the schemes ${schemes.source}`, fallback);
  }

  pattern(name: string, fallback: string | null, pattern: RegExp, shape: string): string | null {
    const text = this.text(name, fallback as string);
    if (text === null || pattern.test(text)) return text;
    return this.fault(`${name} must be ${shape}`, fallback);
  }

  fault<T>(message: string, fallback: T): T {
    this.faults.push(message);
    return fallback;
  }
}
