import { rm } from 'node:fs/promises';
import './global-setup';

export default async function globalTeardown(): Promise<void> {
  if (globalThis.testServer === undefined) return;
  const { server, folder } = globalThis.testServer;
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
