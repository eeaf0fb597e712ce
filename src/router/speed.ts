/** How fast each candidate is: peak-sensitive estimates for the order, recent samples for the hedge. */
import type { Clock } from '../base/clock.ts';
import type { RequestRecord } from './request-record.ts';

export interface Speeds {
  began(key: string): void;
  /** Every attempt that began, once. `counts`: whether its times tell of the server (not of a model that was being loaded). */
  settled(key: string, record: RequestRecord, counts: boolean): void;
  /** Milliseconds to the end of an answer of so many tokens, as far as can be told; the smaller the better. */
  score(key: string, outputTokens: number): number;
  /** What 95 % of the answers to inputs of this size needed for their first useful token; `undefined`: too few of late. */
  usualFirstTokenMs(key: string, inputTokens: number): number | undefined;
  /** Grows with everything that changes an estimate; requests that begin do not count. */
  readonly version: number;
}

// facts/router §3.7: Helicone's prior. An unknown server is tried before a slow one, and after a fast one.
const UNKNOWN_MS = 250;
const UNKNOWN_TOKENS_PER_SECOND = 50;
// A peak counts at once and wears off by half with each answer that is better.
const BETTER_WEIGHT = 0.5;
// What was slow ten minutes ago is worth another look: the estimate returns to the prior.
const FORGET_AFTER_MS = 600_000;
// facts/router §3.2.
const MOST_SAMPLES = 100;
const FEWEST_SAMPLES = 20;
const SAMPLE_LIFE_MS = 900_000;
// Sizes of input that take about the same time to read: up to 1k, 8k and 64k tokens, and beyond.
const SIZE_LIMITS = [1000, 8000, 64_000];
// Shorter answers say more of the network than of the model.
const FEWEST_TOKENS_FOR_RATE = 8;

interface Sample {
  readonly atMs: number;
  readonly firstTokenMs: number;
}

interface Entry {
  running: number;
  firstTokenMs: number | undefined;
  tokensPerSecond: number | undefined;
  updatedMs: number;
  /** By size of input. */
  readonly samples: Map<number, Sample[]>;
}

export function createSpeeds(clock: Clock): Speeds {
  const entries = new Map<string, Entry>();
  let version = 0;

  function entryOf(key: string): Entry {
    let entry = entries.get(key);
    if (entry === undefined) {
      entry = { running: 0, firstTokenMs: undefined, tokensPerSecond: undefined, updatedMs: 0, samples: new Map() };
      entries.set(key, entry);
    }
    return entry;
  }

  function noteFirstToken(entry: Entry, firstTokenMs: number): void {
    const before = firstTokenOf(entry);
    entry.firstTokenMs =
      entry.firstTokenMs === undefined || firstTokenMs > before
        ? firstTokenMs
        : before + BETTER_WEIGHT * (firstTokenMs - before);
    entry.updatedMs = clock.now();
    version++;
  }

  function noteSample(entry: Entry, inputTokens: number, firstTokenMs: number): void {
    const bucket = bucketOf(inputTokens);
    const samples = entry.samples.get(bucket) ?? [];
    samples.push({ atMs: clock.now(), firstTokenMs });
    if (samples.length > MOST_SAMPLES) samples.shift();
    entry.samples.set(bucket, samples);
  }

  function noteRate(entry: Entry, { totalMs, firstUsefulTokenMs, usage }: RequestRecord): void {
    const tokens = usage.output + usage.reasoning;
    const spentMs = totalMs - (firstUsefulTokenMs ?? totalMs);
    if (tokens < FEWEST_TOKENS_FOR_RATE || spentMs <= 0) return;
    const rate = (tokens * 1000) / spentMs;
    const before = entry.tokensPerSecond;
    entry.tokensPerSecond = before === undefined ? rate : before + BETTER_WEIGHT * (rate - before);
  }

  function firstTokenOf(entry: Entry): number {
    if (entry.firstTokenMs === undefined) return UNKNOWN_MS;
    const age = (clock.now() - entry.updatedMs) / FORGET_AFTER_MS;
    return UNKNOWN_MS + (entry.firstTokenMs - UNKNOWN_MS) * Math.exp(-age);
  }

  return {
    began(key) {
      entryOf(key).running++;
    },
    settled(key, record, counts) {
      const entry = entryOf(key);
      entry.running = Math.max(0, entry.running - 1);
      if (!counts) return;
      const { firstUsefulTokenMs, totalMs, outcome, usage } = record;
      const tokensIn = usage.inputUncached + usage.inputCacheRead + usage.inputCacheWrite;
      if (firstUsefulTokenMs !== undefined) {
        noteFirstToken(entry, firstUsefulTokenMs);
        noteSample(entry, tokensIn, firstUsefulTokenMs);
        noteRate(entry, record);
      } else if (outcome.type !== 'finished' && totalMs >= firstTokenOf(entry)) {
        // Given up without one: a lower bound. An error comes quickly and says nothing of the speed.
        noteFirstToken(entry, totalMs);
        if (outcome.type === 'cancelled') noteSample(entry, tokensIn, totalMs);
      }
    },
    score(key, outputTokens) {
      const entry = entries.get(key);
      if (entry === undefined) return UNKNOWN_MS + (outputTokens * 1000) / UNKNOWN_TOKENS_PER_SECOND;
      const rate = entry.tokensPerSecond ?? UNKNOWN_TOKENS_PER_SECOND;
      return (firstTokenOf(entry) + (outputTokens * 1000) / rate) * (entry.running + 1);
    },
    usualFirstTokenMs(key, inputTokens) {
      const samples = entries.get(key)?.samples.get(bucketOf(inputTokens));
      if (samples === undefined) return undefined;
      const oldestMs = clock.now() - SAMPLE_LIFE_MS;
      const recent = samples.filter(({ atMs }) => atMs >= oldestMs).map(({ firstTokenMs }) => firstTokenMs);
      if (recent.length < FEWEST_SAMPLES) return undefined;
      recent.sort((a, b) => a - b);
      return recent[Math.ceil(recent.length * 0.95) - 1];
    },
    get version() {
      return version;
    },
  };
}

function bucketOf(inputTokens: number): number {
  const index = SIZE_LIMITS.findIndex((limit) => inputTokens <= limit);
  return index === -1 ? SIZE_LIMITS.length : index;
}
