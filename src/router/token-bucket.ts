/** A share of the traffic that may be spent on something extra: each request brings a part of a token, each extra takes a whole one. */

export interface TokenBucket {
  /** A request was made. */
  earn(): void;
  /** Whether there is one to be taken. */
  has(): boolean;
  /** Takes a token; `false`: there is none. */
  spend(): boolean;
}

export interface TokenBucketOptions {
  readonly share: number;
  readonly most: number;
  readonly atFirst: number;
}

export function createTokenBucket({ share, most, atFirst }: TokenBucketOptions): TokenBucket {
  // In whole parts, so that twenty twentieths are one.
  const partsOfToken = Math.round(1 / share);
  let parts = atFirst * partsOfToken;
  return {
    earn: () => void (parts = Math.min(parts + 1, most * partsOfToken)),
    has: () => parts >= partsOfToken,
    spend() {
      if (parts < partsOfToken) return false;
      parts -= partsOfToken;
      return true;
    },
  };
}
