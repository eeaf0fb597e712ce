/** The cache of answers, loaded once the user wants answers to be kept: few do, and it is off unless they say so. */
import type { ResponseCache, ResponseCacheOptions } from './response-cache.ts';

export interface LazyCache extends Pick<ResponseCache, 'keyOf' | 'find' | 'keeping' | 'clear'> {
  /** Until it is there, if it is wanted: nothing is kept before that. */
  loading(): Promise<void> | undefined;
}

export function createLazyCache(options: ResponseCacheOptions): LazyCache {
  let cache: ResponseCache | undefined;

  async function load(): Promise<void> {
    const { createResponseCache } = await import('./response-cache.ts');
    cache ??= createResponseCache(options);
  }

  return {
    loading: () => (cache === undefined && options.isOn() ? load() : undefined),
    keyOf: (call) => cache?.keyOf(call),
    find: (key) => cache?.find(key),
    keeping: (key, stream) => cache?.keeping(key, stream) ?? stream,
    clear: () => cache?.clear(),
  };
}
