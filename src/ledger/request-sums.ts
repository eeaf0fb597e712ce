/** What each request has cost or set aside so far, with all that is tried for it. A request lives in one window. */

export interface RequestSums {
  spent(requestId: string): number;
  add(requestId: string, usd: number): void;
}

/** Far more than run at once. */
const MOST_REQUESTS = 20_000;

export function createRequestSums(): RequestSums {
  const sums = new Map<string, number>();
  return {
    spent: (requestId) => sums.get(requestId) ?? 0,
    add(requestId, usd) {
      const sum = (sums.get(requestId) ?? 0) + usd;
      // The newest last, so that the oldest are forgotten.
      sums.delete(requestId);
      sums.set(requestId, sum);
      const [oldest] = sums.keys();
      if (sums.size > MOST_REQUESTS && oldest !== undefined) sums.delete(oldest);
    },
  };
}
