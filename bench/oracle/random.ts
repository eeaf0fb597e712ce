/** Repeatable randomness: a seeded stream of numbers, and a hash that turns a position into a share. */

export type Random = () => number;

/** Mulberry32: 32 bits of state, good enough for typing models, the same on every machine. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The same number in [0, 1) for the same place and salt. */
export function shareAt(offset: number, salt: number): number {
  return seededRandom(Math.imul(offset + 1, 0x9e3779b1) ^ Math.imul(salt + 1, 0x85ebca6b))();
}

/** Log-normal, given by its median: the usual shape of pauses between keys. */
export function logNormal(random: Random, median: number, sigma: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return median * Math.exp(sigma * radius * Math.cos(2 * Math.PI * random()));
}
