import type { LoggerService } from '@nestjs/common';
import pino, { type DestinationStream, type Logger } from 'pino';

/**
 * Secrets by their shape, wherever they turn up in a line: Stellar seeds, our own tokens and keys, webhook
 * secrets, JWTs, bearer values and passwords in connection URLs. Keys are not enough: people paste secrets into names.
 */
const SECRET_SHAPES: readonly (readonly [RegExp, string])[] = [
  [shape('S[A-Z2-7]{55}(?![A-Z2-7])'), 'S[redacted]'],
  // The key of a subscriber, in the addresses of the portal.
  [/(\/(?:s|checkout\/subscriptions)\/)[a-z2-7]{32}(?![a-z0-9])/g, '$1[redacted]'],
  [shape('(sk_test_|sk_live_|ses_|cs_|whsec_)[A-Za-z0-9+/=_-]{8,}'), '$1[redacted]'],
  [shape('eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]*'), '[redacted]'],
  [shape('(Bearer|Basic)\\s+[A-Za-z0-9._~+/=-]{8,}', 'gi'), '$1 [redacted]'],
  [/(postgres(?:ql)?:\/\/[^:@\s"]*:)[^@\s"]+@/g, '$1[redacted]@'],
];

/** At the start of a word, where the letter of an escaped line break (`\\n`) belongs to no word. */
function shape(source: string, flags = 'g'): RegExp {
  return new RegExp(`(?<=^|[^A-Za-z0-9]|\\\\[nrtbf])${source}`, flags);
}

export function redact(line: string): string {
  return SECRET_SHAPES.reduce((text, [shape, replacement]) => text.replaceAll(shape, replacement), line);
}

/** One JSON object a line, control characters escaped by JSON itself, secrets removed by shape. */
export function createLogger(level: string, destination: { write(line: string): void } = process.stdout): Logger {
  const scrubbed: DestinationStream = { write: (line) => destination.write(redact(line)) };
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      messageKey: 'msg',
      formatters: { level: (label) => ({ level: label }) },
    },
    scrubbed,
  );
}

/** Nest's lines about wiring the application: dozens that only its developers read. */
const WIRING = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication']);

/** Nest's own messages and those of our services, through the same logger. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    this.write(context !== undefined && WIRING.has(context) ? 'debug' : 'info', message, context);
  }

  warn(message: unknown, context?: string): void {
    this.write('warn', message, context);
  }

  error(message: unknown, ...rest: unknown[]): void {
    const context = rest.at(-1);
    const members = typeof message === 'object' && message !== null ? message : { msg: String(message) };
    this.write(
      'error',
      rest.length > 1 ? { ...members, stack: rest[0] } : members,
      typeof context === 'string' ? context : undefined,
    );
  }

  debug(message: unknown, context?: string): void {
    this.write('debug', message, context);
  }

  verbose(message: unknown, context?: string): void {
    this.write('trace', message, context);
  }

  fatal(message: unknown, context?: string): void {
    this.write('fatal', message, context);
  }

  private write(
    level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal',
    message: unknown,
    context: string | undefined,
  ): void {
    const members = typeof message === 'object' && message !== null ? message : { msg: String(message) };
    this.logger[level](context === undefined ? members : { context, ...members });
  }
}
