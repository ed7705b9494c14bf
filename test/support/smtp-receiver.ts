import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

export interface TakenMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers as they were sent, unfolded, by their lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly source: string;
}

/** A mail server on this machine: it takes what it is sent, or says what the test tells it to. */
export class SmtpReceiver {
  readonly taken: TakenMail[] = [];
  /** Every command that came. */
  readonly commands: string[] = [];
  /** What it answers to a command that begins with one of these, instead of taking it. */
  refusing: Readonly<Record<string, string>> = {};
  /** Called with each mail before it is answered. */
  onMail: (mail: TakenMail) => Promise<void> = () => Promise.resolve();
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => this.serve(socket));
  }

  static async start(): Promise<SmtpReceiver> {
    const server = createServer();
    const receiver = new SmtpReceiver(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => undefined);
    const say = (line: string): boolean => socket.write(`${line}\r\n`);
    let waiting = '';
    let envelope = { from: '', to: [] as string[] };
    let inData = false;
    socket.on('data', (chunk) => {
      waiting += chunk.toString('utf8');
      for (
        let end = waiting.indexOf(inData ? '\r\n.\r\n' : '\r\n');
        end >= 0;
        end = waiting.indexOf(inData ? '\r\n.\r\n' : '\r\n')
      ) {
        const text = waiting.slice(0, end);
        waiting = waiting.slice(end + (inData ? 5 : 2));
        if (inData) {
          inData = false;
          const mail = { ...envelope, ...parsed(text) };
          envelope = { from: '', to: [] };
          void this.onMail(mail).then(() => {
            const refusal = this.refusal('.');
            if (refusal === undefined) this.taken.push(mail);
            say(refusal ?? '250 taken');
          });
        } else {
          this.commands.push(text);
          const refusal = this.refusal(text);
          if (refusal !== undefined) say(refusal);
          else if (text.startsWith('EHLO')) say('250-here\r\n250 SMTPUTF8');
          else if (text.startsWith('MAIL FROM:')) envelope = { from: addressIn(text), to: [] };
          else if (text.startsWith('RCPT TO:')) envelope.to.push(addressIn(text));
          else if (text === 'DATA') inData = true;
          if (refusal !== undefined || text.startsWith('EHLO')) continue;
          if (text === 'QUIT') socket.end('221 bye\r\n');
          else say(inData ? '354 go on' : '250 ok');
        }
      }
    });
    say('220 here ESMTP');
  }

  private refusal(command: string): string | undefined {
    return Object.entries(this.refusing).find(([start]) => command.startsWith(start))?.[1];
  }
}

function addressIn(command: string): string {
  return /<([^>]*)>/.exec(command)?.[1] ?? '';
}

function parsed(source: string): Pick<TakenMail, 'headers' | 'source'> {
  const [head = ''] = source.split('\r\n\r\n', 1);
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  return {
    source,
    headers: Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    ),
  };
}
