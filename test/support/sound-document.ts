import { validateDocument } from '../contract/jsonapi/validate-document';
import type { Answer } from './api-client';

/** Fails unless the answer is a valid document of exactly the right content type, and each error in it says what it is. */
export function expectSoundDocument(answer: Answer, target: string): void {
  expect([target, answer.status, validateDocument(answer.body, { sparse: /[?&]fields/.test(target) })]).toEqual([
    target,
    answer.status,
    [],
  ]);
  expect(answer.headers.get('content-type')).toMatch(/^application\/vnd\.api\+json(;profile="[^"]+")?$/);
  expect(answer.headers.get('vary')).toMatch(/(^|, )Accept($|,)/);
  if (answer.status < 400) return;
  for (const error of answer.body.errors)
    expect(error).toMatchObject({
      status: String(answer.status),
      code: expect.stringMatching(/^[a-z][a-z_]*$/),
      title: expect.any(String),
    });
}
