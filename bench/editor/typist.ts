/** Types into the page at scripted times: each key waits for its own time, so that no delay adds up. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import type { Recorder } from './recorder.ts';

export interface Typist {
  /** Types the text, a key each `intervalMs`; resolves with the page's time of each key. */
  type(text: string, intervalMs: number): Promise<readonly number[]>;
  press(key: string): Promise<number>;
  /** The time of the next key is counted from now. */
  rest(restMs: number): Promise<void>;
}

export function createTypist(page: Page, recorder: Recorder): Typist {
  let nextAt = performance.now();

  const press = async (key: string): Promise<number> => {
    const before = recorder.keys.length;
    await page.keyboard.press(key);
    // The note of a key comes over the same connection as the answer to the press, but not always before it.
    for (let turn = 0; turn < 200 && recorder.keys.length <= before; turn++) {
      await sleep(2);
    }
    const note = recorder.keys[before];
    if (note === undefined) {
      throw new Error(`The page did not notice the key ${key}`);
    }
    return note.at;
  };

  return {
    press,
    rest: async (restMs) => {
      await sleep(restMs);
      nextAt = performance.now();
    },
    type: async (text, intervalMs) => {
      const times: number[] = [];
      nextAt = Math.max(nextAt, performance.now());
      for (const character of text) {
        await sleep(Math.max(0, nextAt - performance.now()));
        // After a stall the rest is typed at its pace, not in one burst.
        nextAt = Math.max(nextAt, performance.now() - intervalMs / 4) + intervalMs;
        times.push(await press(keyFor(character)));
      }
      return times;
    },
  };
}

function keyFor(character: string): string {
  switch (character) {
    case '\n':
      return 'Enter';
    case ' ':
      return 'Space';
    default:
      return character;
  }
}
