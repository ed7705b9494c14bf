import { AsyncLocalStorage } from 'node:async_hooks';

const patient = new AsyncLocalStorage<true>();

/** Work that no caller waits for: its statements may take as long as the server itself lets them. */
export function patiently<T>(work: () => T): T {
  return patient.run(true, work);
}

export function isPatient(): boolean {
  return patient.getStore() === true;
}
