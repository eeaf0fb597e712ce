/** Random servers, random ends, random aborts: what must hold whatever happens. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isCancellation, ReaperError } from '../../src/base/errors.ts';
import type { PurposeRouting } from '../../src/router/routing-settings.ts';
import type { RequestRecord } from '../../src/router/request-record.ts';
import type { StreamPart } from '../../src/router/stream-part.ts';
import { type ModelServer, type Script, startModelServer } from '../fakes/model-server.ts';
import { countAbortListeners, watchUnhandledRejections } from './leak-detectors.ts';
import { finish, line, text } from './part-wire.ts';
import { createFixture, defineTestProvider, fimRequest, profileOf, until } from './router-fixture.ts';

type Action =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning' | 'warning' | 'ping' | 'error' | 'garbage' | 'pause' | 'finish' | 'end' | 'cut' };

interface Behaviour {
  readonly status: number;
  readonly actions: readonly Action[];
}

/** When the reader gives up: after so many parts, or after so many turns of the event loop; by abort or by leaving the loop. */
type GivingUp =
  | { readonly type: 'never' }
  | { readonly type: 'leave' | 'abort'; readonly parts: number }
  | { readonly type: 'abort-later'; readonly turns: number };

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(' ', '\n', 'x', 'y z', '').map((value) => ({ type: 'text', text: value }) as const),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(
        ...(['reasoning', 'warning', 'ping', 'error', 'garbage', 'pause', 'pause', 'finish', 'end', 'cut'] as const),
      )
      .map((type) => ({ type }) as const),
  },
);
const behaviour: fc.Arbitrary<Behaviour> = fc.record({
  status: fc.constantFrom(200, 200, 200, 200, 401, 429, 500),
  actions: fc.array(action, { maxLength: 8 }),
});
const givingUp: fc.Arbitrary<GivingUp> = fc.oneof(
  fc.constant({ type: 'never' } as const),
  fc.record({ type: fc.constantFrom('leave', 'abort'), parts: fc.nat(4) }),
  fc.record({ type: fc.constant('abort-later' as const), turns: fc.nat(40) }),
);

const wish = fc.record({
  order: fc.constantFrom(...(['listed', 'fastest', 'cheapest', 'smartest'] as const)),
  k: fc.integer({ min: 1, max: 4 }),
  stickiness: fc.constantFrom(...(['none', 'turn', 'session'] as const)),
  minUsefulTokens: fc.integer({ min: 1, max: 3 }),
  maxLatencyMs: fc.constantFrom(undefined, 0, 400),
  hedge: fc.boolean(),
});

function scriptOf({ status, actions }: Behaviour): Script {
  return async (exchange) => {
    const { answer, begin, write, end, cut, response } = exchange;
    if (status !== 200) {
      answer(status, {}, '{}');
      return;
    }
    begin();
    for (const next of actions) {
      if (response.destroyed) return;
      switch (next.type) {
        case 'text':
          write(text(next.text));
          break;
        case 'reasoning':
          write(line({ type: 'reasoning-delta', text: 'hm' }));
          break;
        case 'warning':
          write(line({ type: 'warning', message: 'w' }));
          break;
        case 'ping':
          write('ping\n');
          break;
        case 'error':
          write('{"error":"broken"}\n');
          break;
        case 'garbage':
          write('{"type":\n');
          break;
        case 'pause':
          await new Promise((resolve) => setImmediate(resolve));
          break;
        case 'finish':
          write(finish);
          break;
        case 'end':
          end();
          return;
        case 'cut':
          cut();
          return;
      }
    }
    // Otherwise it hangs: a deadline or the reader has to end it.
  };
}

describe('whatever servers and readers do', () => {
  const unhandled = watchUnhandledRejections();
  const servers: ModelServer[] = [];

  before(async () => {
    for (let i = 0; i < 3; i++) servers.push(await startModelServer(() => undefined));
  });

  after(async () => {
    for (const server of servers) await server.close();
  });

  for (const strategy of ['single', 'race', 'speculate_k', 'parallel_merge'] as const) {
    it(`${strategy}: nothing is spliced, each attempt leaves one record, and nothing else is left`, async () => {
      const cases = fc.asyncProperty(
        fc.array(behaviour, { minLength: 1, maxLength: 3 }),
        givingUp,
        wish,
        (behaviours, end, wanted) => check(behaviours, end, { ...wanted, strategy }),
      );
      await fc.assert(cases, { numRuns: 100 });
      unhandled.assertNone();
    });
  }

  async function check(behaviours: readonly Behaviour[], end: GivingUp, routing: PurposeRouting): Promise<void> {
    const used = servers.slice(0, behaviours.length);
    const before = used.map(({ requests }) => requests.length);
    behaviours.forEach((one, index) => {
      const server = used[index];
      if (server !== undefined) server.script = scriptOf(one);
    });
    // The first one is on this machine, the others are elsewhere as far as the router can see.
    const urls = used.map(({ url }, index) => (index === 0 ? url : `http://p${index}.test`));
    const profiles = urls.map((baseUrl, index) => profileOf(defineTestProvider(`p${index}`, { baseUrl })));
    const fixture = createFixture(profiles, {
      fetch: (input, init) => {
        const url = new URL(input instanceof Request ? input.url : input);
        const index = urls.findIndex((base) => new URL(base).host === url.host);
        return globalThis.fetch(new URL(url.pathname, used[index]?.url), init);
      },
      routing: { completion: routing },
    });
    const abort = new AbortController();
    const listeners = countAbortListeners(abort.signal);

    const parts: StreamPart[] = [];
    let failure: unknown;
    let over = false;
    const reading = (async () => {
      try {
        for await (const part of fixture.router.stream(fimRequest(), abort.signal)) {
          parts.push(part);
          if (end.type === 'leave' && parts.length > end.parts) break;
          if (end.type === 'abort' && parts.length > end.parts) abort.abort();
        }
      } catch (error) {
        failure = error;
      }
      over = true;
    })();
    let turns = 0;
    // Time passes only when nothing else happens any more, so that deadlines end what hangs.
    while (!over) {
      turns++;
      assert.ok(turns < 5000, 'it never ends');
      if (end.type === 'abort-later' && turns > end.turns) abort.abort();
      await (turns % 60 === 0 ? fixture.clock.advance(750) : fixture.clock.settle());
    }
    await reading;
    // A body that goes on after `finish` is let go after a second.
    await fixture.clock.advance(1000);
    await until(() => listeners.current === 0);
    await Promise.all(used.map((server) => server.idle()));
    assert.equal(fixture.clock.pendingTimers, 0, 'timers left');
    fixture.router.dispose();

    const { records } = fixture;
    const asked = used.map(({ requests }, index) => requests.length - (before[index] ?? 0));
    checkRecords(records, asked);
    const merged = records.some(({ strategy: recorded }) => recorded === 'parallel_merge');
    checkParts(parts, merged ? undefined : behaviours);
    if (failure === undefined) {
      const left = end.type === 'leave' && parts.length > end.parts;
      assert.ok(left || parts.at(-1)?.type === 'finish', 'ended without finish');
    } else {
      assert.ok(failure instanceof ReaperError, String(failure));
      assert.ok(isCancellation(failure) ? abort.signal.aborted : records.at(-1)?.outcome.type === 'failed');
    }
  }

  function checkRecords(records: readonly RequestRecord[], asked: readonly number[]): void {
    assert.equal(new Set(records.map(({ id }) => id)).size, records.length);
    asked.forEach((count, index) => {
      const own = records.filter(({ providerId }) => providerId === `p${index}`);
      // Who is given up at once may not have sent anything.
      assert.ok(own.length >= count, 'a request without a record');
      assert.ok(count <= 3, 'asked too often');
    });
    const winners = records.filter(({ role }) => role === 'winner');
    assert.ok(winners.length <= 1, 'two winners');
    const single = records.filter(({ role }) => role === 'only' || role === 'retry');
    const answered = single.findIndex(({ firstUsefulTokenMs }) => firstUsefulTokenMs !== undefined);
    assert.ok(answered === -1 || answered === single.length - 1, 'asked on after an answer');
  }

  /** What comes after each word on who writes is what that one sent, or its beginning; merged text is of all of them. */
  function checkParts(parts: readonly StreamPart[], behaviours: readonly Behaviour[] | undefined): void {
    assert.ok(
      parts.slice(0, -1).every(({ type }) => type !== 'finish'),
      'parts after finish',
    );
    assert.ok(parts.filter(({ type }) => type === 'replace').length <= 1, 'replaced twice');
    assert.ok(parts.length === 0 || ['source', 'merge-piece'].includes(parts[0]?.type ?? ''), 'nobody says who writes');
    const starts = parts.flatMap((part, index) => (part.type === 'source' ? [{ part, index }] : []));
    starts.forEach(({ part, index }, which) => {
      if (which > 0) assert.equal(parts[index - 1]?.type, 'replace', 'spliced');
      const rest = parts.slice(index + 1, starts[which + 1]?.index);
      const got = rest.map((next) => (next.type === 'text-delta' ? next.text : '')).join('');
      const writer = behaviours?.[Number(part.providerId.slice(1))];
      if (writer === undefined) return;
      const sent = writer.actions.map((next) => (next.type === 'text' ? next.text : '')).join('');
      assert.ok(
        sent.startsWith(got),
        `${JSON.stringify(got)} is not what ${part.providerId} sent: ${JSON.stringify(sent)}`,
      );
    });
  }
});
