/** Loading a wire on first use and keeping it, with what it has learned of its servers. */

/** Calls `load` once and shares its promise; a load that failed is tried again at the next call. */
export function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => {
    loaded ??= load().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
}
