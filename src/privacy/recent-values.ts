/** The values that were asked for last, up to a number. A library for it would be half of what is loaded at the start. */

export interface RecentValues<Value extends object> {
  /** As the latest from now on. */
  get(key: string): Value | undefined;
  /** Without a change of order. */
  peek(key: string): Value | undefined;
  has(key: string): boolean;
  /** As the latest; may push out the one that was not asked for the longest. */
  set(key: string, value: Value): void;
  /** Whether it was there. */
  delete(key: string): boolean;
  keys(): Iterable<string>;
  clear(): void;
}

/** `onEvicted`: after one had to go for another, and never for a removal or a replacement. */
export function createRecentValues<Value extends object>(max: number, onEvicted: () => void): RecentValues<Value> {
  // In the order of their last use: a map gives its keys as they were put in.
  const values = new Map<string, Value>();
  return {
    get: (key) => {
      const value = values.get(key);
      if (value !== undefined) {
        values.delete(key);
        values.set(key, value);
      }
      return value;
    },
    peek: (key) => values.get(key),
    has: (key) => values.has(key),
    set: (key, value) => {
      values.delete(key);
      values.set(key, value);
      if (values.size > max) {
        const [oldest] = values.keys();
        values.delete(oldest ?? key);
        onEvicted();
      }
    },
    delete: (key) => values.delete(key),
    keys: () => values.keys(),
    clear: () => values.clear(),
  };
}
