import { readdirSync } from 'node:fs';
import path from 'node:path';

const FOLDER = path.join(__dirname, '../../src/jobs');

/** The pool closes when every job has stopped: one that goes on would find it closed, and what it did would be lost. */
describe('every job', () => {
  it.each(readdirSync(FOLDER).filter((name) => name.endsWith('.job.ts')))(
    'is stopped before the database is left: %s',
    async (name) => {
      const classes = Object.values((await import(path.join(FOLDER, name))) as Record<string, unknown>).filter(
        (each) => typeof each === 'function' && each.name.endsWith('Job'),
      );
      expect(classes).toHaveLength(1);
      for (const { prototype } of classes as { prototype: object }[])
        expect(prototype).toHaveProperty('beforeApplicationShutdown');
    },
  );
});
