import '../common/assert-node';
import { SystemClock } from '../common/clock';
import { SystemRandomness } from '../common/secrets';
import { processEnv } from '../env';
import { CommandFailure, parseArguments, runProgram } from './command';
import { findService, type FoundService, serviceAt } from './demo/find-service';
import { startOwnService } from './demo/own-service';
import { playScenes, type Scene } from './demo/scenes';

const HELP = `npm run demo

Plays a merchant and a payer on the sandbox: payments that fit their link and payments that do not, each through the
unmodified Stellar SDK, and prints what the service made of them. Uses the service that runs here (DATA_DIR, PORT,
PUBLIC_URL), or starts one of its own in a temporary folder. Takes less than a minute.

Exit status: 0 everything as expected, 1 not.`;

const WIDTHS = { sent: 53, expected: 44 };

async function main(): Promise<number> {
  if (parseArguments(process.argv.slice(2), { help: { type: 'boolean' } }).values['help'] === true) {
    say(HELP);
    return 0;
  }
  const running = await findService(processEnv());
  if (running !== undefined) {
    say(`Playing against the service at ${running.url}\n`);
    return play(running);
  }
  say('No service is running here: starting one in a temporary folder.');
  const own = await startOwnService(new SystemClock());
  try {
    const service = await serviceAt(own.url);
    if (service === undefined) throw new CommandFailure(`The service started at ${own.url} does not answer.`);
    say(`Playing against it at ${own.url}\n`);
    return await play(service);
  } finally {
    await own.stop();
  }
}

async function play(service: FoundService): Promise<number> {
  const clock = new SystemClock();
  const randomness = new SystemRandomness();
  const start = clock.monotonicMs();
  const scenes: Scene[] = [];
  say(row('What was sent', 'What the service made of it', ''));
  for await (const scene of playScenes({ ...service, clock, randomBytes: (count) => randomness.bytes(count) })) {
    scenes.push(scene);
    say(row(scene.sent, scene.got, scene.got === scene.expected ? 'as expected' : `EXPECTED ${scene.expected}`));
  }
  const failed = scenes.filter((scene) => scene.got !== scene.expected).length;
  say(
    `\n${scenes.length - failed} of ${scenes.length} as expected, in ${((clock.monotonicMs() - start) / 1000).toFixed(0)} s.`,
  );
  say('What named no link is not lost: npm run cli -- payments suspense');
  return failed === 0 ? 0 : 1;
}

function row(sent: string, got: string, verdict: string): string {
  return `${sent.padEnd(WIDTHS.sent)}${got.padEnd(WIDTHS.expected)}${verdict}`.trimEnd();
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

runProgram(main);
