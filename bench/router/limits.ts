/** What limits and the cache cost: before a request, and at each event of one that is kept. */
import { systemClock } from '../../src/base/clock.ts';
import type { Candidate } from '../../src/router/candidates.ts';
import { createAdmissions } from '../../src/router/limits/admission.ts';
import type { ModelRequest } from '../../src/router/model-request.ts';
import type { ProviderProfile } from '../../src/router/provider-definition.ts';
import { createResponseCache } from '../../src/router/response-cache/response-cache.ts';
import { createSingleFlights } from '../../src/router/response-cache/single-flight.ts';
import type { StreamPart } from '../../src/router/stream-part.ts';
import { percentile } from '../report/statistics.ts';
import { atMost, type Row } from '../report/table.ts';
import { row } from './row.ts';

const never = new AbortController().signal;
const EVENTS = 2000;

const request: ModelRequest = {
  purpose: 'chat',
  input: { type: 'chat', messages: [{ role: 'user', content: [{ type: 'text', text: 'x'.repeat(100_000) }] }] },
  limits: { maxOutputTokens: 1000, stop: [], temperature: 0 },
};

function candidateOf(profile: ProviderProfile, index: number): Candidate {
  const { id } = profile.definition;
  const baseUrl = `https://${id}.example/v1`;
  const key = `${id} ${baseUrl} model-${index}`;
  const fim = { type: 'native' } as const;
  return { providerId: id, key, profile, baseUrl, model: 'model', fim, location: 'remote', parallelRequests: 4 };
}

async function* events(): AsyncGenerator<StreamPart, void, undefined> {
  for (let i = 0; i < EVENTS; i++) yield { type: 'text-delta', text: ' token' };
  yield { type: 'finish', reason: 'stop' };
}

async function perEvent(open: () => AsyncIterable<StreamPart>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 200; round++) {
    const startedAtMs = performance.now();
    for await (const part of open()) void part;
    times.push(((performance.now() - startedAtMs) * 1000) / EVENTS);
  }
  return percentile(times.slice(50), 50) ?? 0;
}

function perCall(count: number, call: () => unknown): readonly number[] {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const startedAtMs = performance.now();
    call();
    times.push((performance.now() - startedAtMs) * 1000);
  }
  return times.slice(count / 4);
}

export async function measureLimits(profiles: readonly ProviderProfile[]): Promise<readonly Row[]> {
  const cache = createResponseCache({ clock: systemClock, isOn: () => true });
  const flights = createSingleFlights();
  const alone = await perEvent(events);
  const kept = await perEvent(() => cache.keeping('key', events()));
  const joined = await perEvent(() => flights.join('key', events, never));

  const candidates = profiles.map(candidateOf);
  const [first] = candidates;
  if (first === undefined) throw new Error('Nobody to measure');
  const keys = perCall(2000, () => cache.keyOf({ candidate: first, request, credentialId: 'id' }));

  const admissions = createAdmissions(systemClock);
  const told = new Headers({
    'x-ratelimit-limit-tokens': '1000000',
    'x-ratelimit-remaining-tokens': '900000',
    'x-ratelimit-reset-tokens': '6m0s',
    'x-ratelimit-limit-requests': '1000',
    'x-ratelimit-remaining-requests': '999',
    'x-ratelimit-reset-requests': '60ms',
  });
  const usage = { inputUncached: 1, inputCacheRead: 0, inputCacheWrite: 0, output: 1, reasoning: 0, estimated: false };
  const pass = (candidate: Candidate): void => {
    const admission = admissions.begin({ candidate, request, signal: never });
    void admission.enter('id', 0);
    admission.answered(told);
    admission.settle({ error: undefined, usage });
  };
  for (const candidate of candidates) pass(candidate);
  const standings = perCall(20_000, () => candidates.map((candidate) => admissions.standing(candidate, request)));
  const passes = perCall(20_000, () => pass(first));
  return [
    row('event of an answer that is kept, on top, p50', 'µs', atMost(1), kept - alone, alone),
    row('event of an answer that several may read, on top, p50', 'µs', atMost(1), joined - alone, alone),
    row('key of a request of 100 kB for the cache, p50', 'µs', undefined, percentile(keys, 50)),
    row('room among 10 providers that told of limits, p50', 'µs', undefined, percentile(standings, 50)),
    row('room among 10 providers that told of limits, p99', 'µs', undefined, percentile(standings, 99)),
    row('a turn, its headers and its end, p50', 'µs', undefined, percentile(passes, 50)),
  ];
}
