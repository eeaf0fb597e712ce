/** Answers that came to their natural end, kept as the parts that they came in: the same request gets the same stream, at once and for nothing. */
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../base/clock.ts';
import { NO_TOKENS, type StreamPart } from '../stream-part.ts';
import { cacheKeyOf, type KeyedCall } from './cache-key.ts';

export interface ResponseCache {
  /** `undefined`: this answer must not be kept, or nobody wants it to be. */
  keyOf(call: KeyedCall): string | undefined;
  find(key: string): readonly StreamPart[] | undefined;
  /** The same stream; what it says is kept if it ends well. */
  keeping(key: string, stream: AsyncIterable<StreamPart>): AsyncIterable<StreamPart>;
  /** The user switched it off, or wants all forgotten. */
  clear(): void;
  readonly size: { readonly answers: number; readonly bytes: number };
}

export interface ResponseCacheOptions {
  readonly clock: Clock;
  /** The user's setting, read at each request. */
  readonly isOn: () => boolean;
}

// About 2,000 answers of the usual length; one alone may not push out all others.
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_BYTES_OF_ONE = 1024 * 1024;
// A working session: long enough for what is asked again while one works at something, short enough for a model behind a name to
// be replaced by the next day.
const KEPT_MS = 3_600_000;
// Of an object and its fields, beside its text.
const BYTES_OF_PART = 100;

export function createResponseCache({ clock, isOn }: ResponseCacheOptions): ResponseCache {
  const answers = new LRUCache<string, readonly StreamPart[]>({
    maxSize: MOST_BYTES,
    maxEntrySize: MOST_BYTES_OF_ONE,
    sizeCalculation: sizeOf,
    ttl: KEPT_MS,
    // Without it the cache looks at the time by a timer of its own.
    ttlResolution: 0,
    perf: { now: () => clock.now() },
  });

  return {
    keyOf: (call) => (isOn() ? cacheKeyOf(call) : undefined),
    find: (key) => answers.get(key),
    async *keeping(key, stream) {
      const parts: StreamPart[] = [];
      let isFit = true;
      for await (const part of stream) {
        isFit &&= mayBeKept(part);
        if (isFit) parts.push(part.type === 'usage' ? FREE : part);
        if (isFit && part.type === 'finish') answers.set(key, parts);
        yield part;
      }
    },
    clear: () => answers.clear(),
    get size() {
      return { answers: answers.size, bytes: answers.calculatedSize };
    },
  };
}

// An answer that was given before is paid for.
const FREE: StreamPart = {
  type: 'usage',
  usage: NO_TOKENS,
};

/** An option that was left out may have been the temperature; what was cut, refused or is about to act is no answer to keep. */
function mayBeKept(part: StreamPart): boolean {
  switch (part.type) {
    case 'text-delta':
    case 'reasoning-delta':
    case 'reasoning-end':
    case 'usage':
      return true;
    case 'finish':
      return part.reason === 'stop';
    case 'warning':
    case 'tool-call-start':
    case 'tool-call-delta':
    case 'tool-call-end':
    case 'source':
    case 'replace':
    case 'merge-piece':
      return false;
  }
}

function sizeOf(parts: readonly StreamPart[]): number {
  return parts.reduce((sum, part) => {
    const text = part.type === 'text-delta' || part.type === 'reasoning-delta' ? part.text : '';
    return sum + BYTES_OF_PART + 2 * text.length;
  }, 1);
}
