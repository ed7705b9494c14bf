import type { InputFault } from '../../../common/errors';
import { NumberText } from '../../../common/number-text';
import { leavesMark } from '../../../common/plain-text';

/** The questions that a shop asks its payers: the label of each by its key. Pure. */

const MAX_FIELDS = 20;
const MAX_KEY = 100;
const MAX_LABEL = 200;
const MAX_CHARACTERS = 20_000;

/** Every fault; keys are cut where they are told. */
export function customFieldFaults(fields: Readonly<Record<string, unknown>>): InputFault[] {
  const whole = (message: string): InputFault[] => [{ path: 'customFields', message }];
  if (fields instanceof NumberText) return whole('must be an object');
  const entries = Object.entries(fields);
  if (JSON.stringify(fields).length > MAX_CHARACTERS) return whole(`must have at most ${MAX_CHARACTERS} characters`);
  if (entries.length > MAX_FIELDS) return whole(`must have at most ${MAX_FIELDS} members`);
  return entries.flatMap(([key, label]): InputFault[] => {
    if (key.length > MAX_KEY || !leavesMark(key))
      return whole(
        `must have names of 1 to ${MAX_KEY} visible characters: ${JSON.stringify(key.slice(0, 20))} is none`,
      );
    if (typeof label !== 'string' || label.length > MAX_LABEL || !leavesMark(label))
      return [{ path: `customFields.${key}`, message: `must be a text of 1 to ${MAX_LABEL} visible characters` }];
    return [];
  });
}
