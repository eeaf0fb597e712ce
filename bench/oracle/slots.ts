/** The places at which a model server works: requests wait in line, and one that is given up leaves the line or its place at once. */
import type { ServerResponse } from 'node:http';

export interface Slots {
  /** Resolves with the function that frees the place, or with `undefined` if the client left before its turn. */
  acquire(response: ServerResponse): Promise<(() => void) | undefined>;
}

export function createSlots(size: () => number): Slots {
  let busy = 0;
  const waiting = new Set<() => void>();

  const release = (): void => {
    busy--;
    for (const next of waiting) {
      if (busy >= size()) {
        return;
      }
      waiting.delete(next);
      next();
    }
  };

  return {
    acquire: (response) =>
      new Promise((resolve) => {
        const take = (): void => {
          busy++;
          let held = true;
          resolve(() => {
            if (held) {
              held = false;
              release();
            }
          });
        };
        if (response.destroyed) {
          resolve(undefined);
        } else if (busy < size()) {
          take();
        } else {
          const start = (): void => {
            response.off('close', leave);
            take();
          };
          const leave = (): void => {
            waiting.delete(start);
            resolve(undefined);
          };
          waiting.add(start);
          response.once('close', leave);
        }
      }),
  };
}
