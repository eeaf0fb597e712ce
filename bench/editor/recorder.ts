/** The page's notes on this side, as they come: each a few milliseconds after the event, with the page's own time stamps. */
import type { Page } from 'playwright-core';
import type { GhostNote, KeyNote } from './page-recorder.ts';

export interface Recorder {
  readonly ghosts: readonly GhostNote[];
  readonly keys: readonly KeyNote[];
  readonly current: GhostNote | undefined;
  /** The page's clock, estimated when the recorder was made. */
  pageNow(): number;
  /** Milliseconds since 1970 at the page's zero. */
  readonly timeOrigin: number;
  /** Resolves with the first note that fits, the current one included, or `undefined` after the time. */
  waitFor(fits: (note: GhostNote) => boolean, timeoutMs: number): Promise<GhostNote | undefined>;
  reset(): void;
}

type PageMessage = { readonly key: KeyNote } | { readonly ghost: GhostNote };

export async function createRecorder(page: Page): Promise<Recorder> {
  let ghosts: GhostNote[] = [];
  let keys: KeyNote[] = [];
  let offset = 0;
  const listeners = new Set<(note: GhostNote) => void>();
  await page.exposeFunction('reaperBenchNote', (message: PageMessage) => {
    if ('key' in message) {
      keys.push(message.key);
      return;
    }
    ghosts.push(message.ghost);
    for (const listener of [...listeners]) {
      listener(message.ghost);
    }
  });
  const synchronise = async (): Promise<void> => {
    const before = performance.now();
    const there = await page.evaluate(() => performance.now());
    offset = there - (before + performance.now()) / 2;
  };
  await synchronise();
  const timeOrigin = await page.evaluate(() => performance.timeOrigin);
  return {
    get ghosts() {
      return ghosts;
    },
    get keys() {
      return keys;
    },
    get current() {
      return ghosts.at(-1);
    },
    timeOrigin,
    pageNow: () => performance.now() + offset,
    waitFor: (fits, timeoutMs) =>
      new Promise((resolve) => {
        const current = ghosts.at(-1);
        if (current !== undefined && fits(current)) {
          resolve(current);
          return;
        }
        const finish = (note: GhostNote | undefined): void => {
          clearTimeout(timer);
          listeners.delete(listen);
          resolve(note);
        };
        const listen = (note: GhostNote): void => {
          if (fits(note)) {
            finish(note);
          }
        };
        const timer = setTimeout(() => finish(undefined), timeoutMs);
        listeners.add(listen);
      }),
    reset: () => {
      ghosts = ghosts.slice(-1);
      keys = [];
    },
  };
}
