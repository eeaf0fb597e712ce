/** Values that are read asynchronously and asked for synchronously; a value that was overtaken by a change is never given. */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { createRecentValues } from './recent-values.ts';

export interface ReadCacheOptions<Value extends object> {
  readonly clock: Clock;
  /** Most values kept. */
  readonly max: number;
  /** What rejects stays unread. */
  readonly read: (key: string) => Promise<Value>;
  readonly isSame: (before: Value, after: Value) => boolean;
  /** A known value was found to be outdated. */
  readonly onReplaced: () => void;
  /** A known value was dropped because there are too many. */
  readonly onEvicted?: () => void;
}

export interface ReadCache<Value extends object> extends Disposable {
  /** `undefined`: not read yet; reading has begun. */
  get(key: string): Value | undefined;
  /** The same without beginning to read. */
  peek(key: string): Value | undefined;
  /** Whether it is known or being read. */
  has(key: string): boolean;
  /** Forgets the value and reads it again. */
  reread(key: string): void;
  rereadWhere(isStale: (key: string) => boolean): void;
  /** Reads again, and keeps the old value until then, if it was read before `oldest`. */
  refresh(key: string, oldest: number): void;
  /** When those of the keys that are being read now have been read. */
  settled(keys: readonly string[]): Promise<void>;
}

interface Reading {
  /** Something changed since it began. */
  overtaken: boolean;
  readonly done: Promise<void>;
}

export function createReadCache<Value extends object>(options: ReadCacheOptions<Value>): ReadCache<Value> {
  const { clock, read, isSame, onReplaced } = options;
  const values = createRecentValues<{ readonly value: Value; readAt: number }>(options.max, () =>
    options.onEvicted?.(),
  );
  const readings = new Map<string, Reading>();
  let disposed = false;

  const begin = (key: string): void => {
    if (disposed || readings.has(key)) {
      return;
    }
    const run = async (): Promise<void> => {
      for (;;) {
        reading.overtaken = false;
        const readAt = clock.now();
        const value = await read(key);
        if (!reading.overtaken) {
          readings.delete(key);
          keep(key, value, readAt);
          return;
        }
      }
    };
    const reading: Reading = {
      overtaken: false,
      done: Promise.resolve()
        .then(run)
        .catch(() => void readings.delete(key)),
    };
    readings.set(key, reading);
  };

  const keep = (key: string, value: Value, readAt: number): void => {
    if (disposed) {
      return;
    }
    const before = values.peek(key);
    if (before !== undefined && isSame(before.value, value)) {
      before.readAt = readAt;
      return;
    }
    values.set(key, { value, readAt });
    if (before !== undefined) {
      onReplaced();
    }
  };

  const reread = (key: string): void => {
    const reading = readings.get(key);
    if (reading !== undefined) {
      reading.overtaken = true;
    }
    if (values.delete(key)) {
      onReplaced();
    }
    begin(key);
  };

  return {
    get: (key) => {
      const known = values.get(key);
      if (known === undefined) {
        begin(key);
      }
      return known?.value;
    },
    peek: (key) => values.peek(key)?.value,
    has: (key) => values.has(key) || readings.has(key),
    reread,
    rereadWhere: (isStale) => {
      for (const key of [...values.keys(), ...readings.keys()].filter(isStale)) {
        reread(key);
      }
    },
    refresh: (key, oldest) => {
      const known = values.peek(key);
      if (known !== undefined && known.readAt < oldest) {
        begin(key);
      }
    },
    settled: async (keys) => {
      await Promise.all(keys.map((key) => readings.get(key)?.done ?? Promise.resolve()));
    },
    dispose: () => {
      disposed = true;
      values.clear();
    },
  };
}
