import { Session } from 'node:inspector/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';

const SRC = path.join(__dirname, '../../src/');

export interface WalkRecord {
  /** Files in src of which a function ran, sorted. */
  readonly files: readonly string[];
  /** Texts of the statements that were sent to the database, in order. */
  readonly statements: readonly string[];
}

/** Neither the module's own run, nor the getter by which the transformed module hands an export on: `name: function() { return name; }`. */
function isWork(name: string, length: number): boolean {
  return name !== '' && name !== 'get' && !name.startsWith('_') && length > name.length + 45;
}

type Query = (this: Client, first: unknown, ...rest: unknown[]) => unknown;

/** Sees which files of src the work of this process goes through, and what it asks the database. */
export class WalkRecorder {
  private readonly texts: string[] = [];

  private constructor(
    private readonly session: Session,
    private readonly query: Query,
  ) {}

  static async start(): Promise<WalkRecorder> {
    const session = new Session();
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    const query = Object.getOwnPropertyDescriptor(Client.prototype, 'query')?.value as Query;
    const recorder = new WalkRecorder(session, query);
    Client.prototype.query = function (this: Client, first: unknown, ...rest: unknown[]) {
      recorder.texts.push(typeof first === 'string' ? first : (first as { text: string }).text);
      return query.call(this, first, ...rest);
    } as unknown as typeof Client.prototype.query;
    return recorder;
  }

  async of(walk: () => Promise<unknown>): Promise<WalkRecord> {
    await this.session.post('Profiler.takePreciseCoverage');
    this.texts.length = 0;
    await walk();
    const { result } = await this.session.post('Profiler.takePreciseCoverage');
    const files = result
      .filter(({ functions }) =>
        functions.some(
          ({ functionName, ranges: [range] }) =>
            range !== undefined && range.count > 0 && isWork(functionName, range.endOffset - range.startOffset),
        ),
      )
      .map(({ url }) => (url.startsWith('file:') ? fileURLToPath(url) : url))
      .filter((file) => file.startsWith(SRC))
      .map((file) => file.slice(SRC.length));
    return { files: [...new Set(files)].toSorted(), statements: [...this.texts] };
  }

  async stop(): Promise<void> {
    Client.prototype.query = this.query as unknown as typeof Client.prototype.query;
    await this.session.post('Profiler.stopPreciseCoverage');
    this.session.disconnect();
  }
}
