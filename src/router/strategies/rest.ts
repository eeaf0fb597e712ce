/** What comes after the first useful part: passed on as it is, and never continued by anybody else. */
import type { Branch } from '../branch.ts';
import type { StreamPart } from '../stream-part.ts';
import { failureOf } from './strategy.ts';

export async function* restOf(branch: Branch): AsyncGenerator<StreamPart, void, undefined> {
  for (;;) {
    let part: StreamPart | undefined;
    try {
      part = await branch.next();
    } catch (error) {
      failureOf(error);
      // Another model would not continue where this one broke off. What it was is in the record and the log.
      yield { type: 'finish', reason: 'interrupted' };
      return;
    }
    if (part === undefined) return;
    yield part;
  }
}
