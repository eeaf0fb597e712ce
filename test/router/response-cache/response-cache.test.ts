/** Which answers are given again, to whom, and for how long. */
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { Candidate } from '../../../src/router/candidates.ts';
import type { ModelRequest } from '../../../src/router/model-request.ts';
import { canonicalJson, cacheKeyOf, requestKeyOf } from '../../../src/router/response-cache/cache-key.ts';
import { createResponseCache, type ResponseCache } from '../../../src/router/response-cache/response-cache.ts';
import type { StreamPart } from '../../../src/router/stream-part.ts';
import { createFakeClock } from '../../fakes/fake-clock.ts';
import { collect, defineTestProvider, fimRequest, profileOf } from '../router-fixture.ts';

const profile = profileOf(defineTestProvider('a'));
const candidate: Candidate = {
  providerId: 'a',
  key: 'a https://a.example model',
  profile,
  baseUrl: 'https://a.example',
  model: 'model',
  fim: { type: 'native' },
  location: 'remote',
  parallelRequests: 4,
};
const chat: ModelRequest = {
  purpose: 'chat',
  input: {
    type: 'chat',
    system: 'Be brief.',
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
  },
  limits: { maxOutputTokens: 100, stop: ['\n'], temperature: 0 },
};
const call = { candidate, request: chat, credentialId: 'key' };
const usage = { inputUncached: 7, inputCacheRead: 0, inputCacheWrite: 0, output: 2, reasoning: 0, estimated: false };
const free = { ...usage, inputUncached: 0, output: 0 };
const answer: readonly StreamPart[] = [
  { type: 'text-delta', text: 'Hel' },
  { type: 'text-delta', text: 'lo' },
  { type: 'usage', usage },
  { type: 'finish', reason: 'stop' },
];

async function* streamOf(parts: readonly StreamPart[]): AsyncGenerator<StreamPart, void, undefined> {
  yield* parts;
}

describe('the key of an answer', () => {
  const key = cacheKeyOf(call);

  it('is the same for the same request, however its fields are ordered', () => {
    const { limits, input, purpose } = chat;
    assert.equal(cacheKeyOf({ ...call, request: { limits: { ...limits }, input: { ...input }, purpose } }), key);
    const turned = Object.fromEntries(Object.entries(limits).reverse()) as unknown as ModelRequest['limits'];
    assert.equal(cacheKeyOf({ ...call, request: { ...chat, limits: turned } }), key);
  });

  it('is of no other shape than a hash, so nothing can be read out of it', () => {
    assert.match(key ?? '', /^[0-9a-f]{64}$/);
  });

  it('does not depend on when an answer is wanted, or for which conversation', () => {
    const limits = { ...chat.limits, firstUsefulTokenMs: 5, totalMs: 7 };
    assert.equal(cacheKeyOf({ ...call, request: { ...chat, limits, conversationId: 'x' } }), key);
  });

  for (const [what, other] of [
    ['account', { credentialId: 'other' }],
    ['account, for none,', { credentialId: undefined }],
    ['address', { candidate: { ...candidate, baseUrl: 'https://b.example' } }],
    ['model', { candidate: { ...candidate, model: 'b' } }],
    ['provider', { candidate: { ...candidate, providerId: 'b' } }],
    ['option', { candidate: { ...candidate, profile: { ...profile, options: { region: 'b' } } } }],
    ['header', { candidate: { ...candidate, profile: { ...profile, headers: { 'x-team': 'b' } } } }],
    ['purpose', { request: { ...chat, purpose: 'commit' } }],
    ['length', { request: { ...chat, limits: { ...chat.limits, maxOutputTokens: 101 } } }],
    ['stop', { request: { ...chat, limits: { ...chat.limits, stop: [] } } }],
    ['effort', { request: { ...chat, limits: { ...chat.limits, reasoning: 'low' } } }],
    ['system prompt', { request: { ...chat, input: { ...chat.input, system: 'Be long.' } } }],
  ] as const) {
    it(`is another one for another ${what}`, () => {
      const changed = cacheKeyOf({ ...call, ...(other as Partial<typeof call>) });
      assert.match(changed ?? '', /^[0-9a-f]{64}$/);
      assert.notEqual(changed, key);
    });
  }

  for (const [what, request] of [
    ['a temperature', { ...chat, limits: { ...chat.limits, temperature: 0.2 } }],
    ['no temperature named', { ...chat, limits: { maxOutputTokens: 100, stop: [] } }],
    ['tools', { ...chat, input: { ...chat.input, tools: [{ name: 'a', description: '', inputSchema: {} }] } }],
    ['ghost text as it is asked for', fimRequest()],
  ] as const) {
    it(`is none with ${what}`, () => {
      assert.equal(cacheKeyOf({ ...call, request: request as ModelRequest }), undefined);
      assert.equal(requestKeyOf(request as ModelRequest), undefined);
    });
  }

  it('is none for what is embedded, and one for a completion at temperature 0', () => {
    assert.equal(cacheKeyOf({ ...call, candidate: { ...candidate, location: 'embedded' } }), undefined);
    assert.notEqual(cacheKeyOf({ ...call, request: fimRequest({ limits: { temperature: 0 } }) }), undefined);
  });

  it('is of a text that is the same for equal values only', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 2 }), fc.jsonValue({ maxDepth: 2 }), (a, b) => {
        const isEqual = isDeepStrictEqual(plain(a), plain(b));
        assert.equal(canonicalJson(a) === canonicalJson(b), isEqual);
      }),
    );
  });
});

/** As JSON has it: no negative zero. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe('the cache of answers', () => {
  const clock = createFakeClock(1000);
  let isOn = true;
  let cache: ResponseCache;
  beforeEach(() => {
    isOn = true;
    cache = createResponseCache({ clock, isOn: () => isOn });
  });
  const keep = (parts: readonly StreamPart[], key = 'k'): Promise<StreamPart[]> =>
    collect(cache.keeping(key, streamOf(parts)));

  it('gives an answer again in the same parts, and says that it costs nothing', async () => {
    assert.deepEqual(await keep(answer), answer);
    assert.deepEqual(cache.find('k'), [answer[0], answer[1], { type: 'usage', usage: free }, answer[3]]);
    assert.equal(cache.find('other'), undefined);
  });

  for (const [what, parts] of [
    ['was cut at its length', [...answer.slice(0, 3), { type: 'finish', reason: 'length' }]],
    ['was refused', [{ type: 'finish', reason: 'refused' }]],
    ['calls a tool', [{ type: 'tool-call-start', id: 'a', name: 'b' }, ...answer]],
    ['left out an option', [{ type: 'warning', message: 'no temperature' }, ...answer]],
    ['has no end', answer.slice(0, 3)],
  ] as const) {
    it(`does not keep an answer that ${what}`, async () => {
      assert.deepEqual(await keep(parts), parts);
      assert.equal(cache.find('k'), undefined);
    });
  }

  it('does not keep an answer that fails, or that nobody reads to its end', async () => {
    async function* failing(): AsyncGenerator<StreamPart, void, undefined> {
      yield* answer.slice(0, 2);
      throw new Error('broken');
    }
    await assert.rejects(collect(cache.keeping('k', failing())), /broken/);
    for await (const part of cache.keeping('k', streamOf(answer))) if (part.type === 'text-delta') break;
    assert.equal(cache.find('k'), undefined);
  });

  it('forgets after an hour, and when it is told to', async () => {
    await keep(answer);
    await clock.advance(3_599_999);
    assert.notEqual(cache.find('k'), undefined);
    await clock.advance(2);
    assert.equal(cache.find('k'), undefined);
    await keep(answer);
    cache.clear();
    assert.equal(cache.find('k'), undefined);
    assert.equal(clock.pendingTimers, 0);
  });

  it('holds 16 MiB at the most, the latest used ones, and no giants', async () => {
    const long: readonly StreamPart[] = [
      { type: 'text-delta', text: 'x'.repeat(500_000) },
      { type: 'finish', reason: 'stop' },
    ];
    await keep(answer, 'small');
    for (let i = 0; i < 40; i++) {
      assert.notEqual(cache.find('small'), undefined);
      await keep(long, `${i}`);
    }
    assert.ok(cache.size.bytes <= 16 * 1024 * 1024, `${cache.size.bytes}`);
    assert.equal(cache.size.answers, 17);
    assert.equal(cache.find('0'), undefined);
    await keep(
      [
        { type: 'text-delta', text: 'x'.repeat(600_000) },
        { type: 'finish', reason: 'stop' },
      ],
      'giant',
    );
    assert.equal(cache.find('giant'), undefined);
  });

  it('keeps nothing when the user does not want it', () => {
    assert.notEqual(cache.keyOf(call), undefined);
    isOn = false;
    assert.equal(cache.keyOf(call), undefined);
  });
});
