import { type MiniApp, startMiniApp } from './mini-app';
import { MiniClient } from './mini-client';

/** The planted API, running while the tests around this call run, and who calls it. `each`: a new one for every test. */
export function miniServer({ each = false } = {}): { readonly app: MiniApp; readonly client: MiniClient } {
  let running: MiniApp;
  const start = async (): Promise<void> => {
    running = await startMiniApp();
  };
  const stop = (): Promise<void> => running.stop();
  if (each) beforeEach(start);
  else beforeAll(start);
  if (each) afterEach(stop);
  else afterAll(stop);
  const app = {
    get url(): string {
      return running.url;
    },
    get origin(): string {
      return running.origin;
    },
    get store(): MiniApp['store'] {
      return running.store;
    },
    stop,
  };
  return { app, client: new MiniClient(app) };
}
