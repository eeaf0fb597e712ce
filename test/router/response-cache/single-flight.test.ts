/** Equal requests at the same time: one stream, many readers, and the last one out closes it. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ReaperError } from '../../../src/base/errors.ts';
import { createSingleFlights, type SingleFlights } from '../../../src/router/response-cache/single-flight.ts';
import type { StreamPart } from '../../../src/router/stream-part.ts';
import { countAbortListeners, watchUnhandledRejections } from '../leak-detectors.ts';
import { collect, never, textOf } from '../router-fixture.ts';

const word = (text: string): StreamPart => ({ type: 'text-delta', text });

describe('a single flight', () => {
  const unhandled = watchUnhandledRejections();
  let flights: SingleFlights;
  let opened: AbortSignal[];
  let closed: number;
  let release: (() => void)[];

  beforeEach(() => {
    flights = createSingleFlights();
    opened = [];
    closed = 0;
    release = [];
  });
  afterEach(() => {
    assert.equal(flights.count, 0, 'a stream is still running');
    unhandled.assertNone();
  });

  async function* slow(signal: AbortSignal): AsyncGenerator<StreamPart, void, undefined> {
    opened.push(signal);
    try {
      for (const text of ['a', 'b', 'c']) {
        await new Promise<void>((resolve, reject) => {
          release.push(resolve);
          signal.addEventListener('abort', () => reject(new ReaperError('cancelled', 'Cancelled')), { once: true });
        });
        yield word(text);
      }
    } finally {
      closed++;
    }
  }
  const go = async (): Promise<void> => {
    while (release.length === 0) await new Promise((resolve) => setImmediate(resolve));
    release.shift()?.();
  };

  it('serves all who ask for the same, from the first part on', async () => {
    const first = flights.join('k', slow, never);
    const opening = first.next();
    await go();
    assert.deepEqual(await opening, { done: false, value: word('a') });
    const late = collect(flights.join('k', slow, never));
    const rest = collect(first);
    await go();
    await go();
    assert.equal(textOf(await rest), 'bc');
    assert.equal(textOf(await late), 'abc');
    assert.equal(opened.length, 1);
  });

  it('is another one for another key, and a new one after the end', async () => {
    const quick = (): AsyncGenerator<StreamPart, void, undefined> => {
      opened.push(never);
      return (async function* () {
        yield word('x');
      })();
    };
    await Promise.all([collect(flights.join('k', quick, never)), collect(flights.join('l', quick, never))]);
    await collect(flights.join('k', quick, never));
    assert.equal(opened.length, 3);
  });

  it('goes on when one leaves, and is closed when the last one does', async () => {
    const aborts = [new AbortController(), new AbortController()];
    const listeners = aborts.map(({ signal }) => countAbortListeners(signal));
    const readers = aborts.map(({ signal }) => flights.join('k', slow, signal).next());
    await new Promise((resolve) => setImmediate(resolve));
    aborts[0]?.abort();
    await assert.rejects(readers[0] ?? Promise.resolve(), { kind: 'cancelled' });
    assert.equal(opened[0]?.aborted, false);
    aborts[1]?.abort();
    await assert.rejects(readers[1] ?? Promise.resolve(), { kind: 'cancelled' });
    assert.equal(opened[0]?.aborted, true);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(closed, 1);
    assert.ok(listeners.every(({ current }) => current === 0));
  });

  it('is closed when its only reader breaks off, and nobody joins it then', async () => {
    const reader = flights.join('k', slow, never);
    const opening = reader.next();
    await go();
    await opening;
    await reader.return();
    assert.equal(opened[0]?.aborted, true);
    const again = collect(flights.join('k', slow, never));
    for (let i = 0; i < 3; i++) await go();
    assert.equal(textOf(await again), 'abc');
    assert.equal(opened.length, 2);
  });

  it('fails for all who read it, with the same error', async () => {
    const broken = (): AsyncGenerator<StreamPart, void, undefined> =>
      (async function* () {
        yield word('x');
        throw new ReaperError('overloaded', 'broken');
      })();
    const readers = [1, 2, 3].map(() => collect(flights.join('k', broken, never)));
    for (const reader of readers) await assert.rejects(reader, { kind: 'overloaded' });
  });

  it('opens nothing for one who has left already', async () => {
    await assert.rejects(collect(flights.join('k', slow, AbortSignal.abort())), { kind: 'cancelled' });
    assert.equal(opened.length, 0);
  });

  it('pulls nothing for one who left between two parts', async () => {
    const abort = new AbortController();
    const reader = flights.join('k', slow, abort.signal);
    const opening = reader.next();
    await go();
    await opening;
    abort.abort();
    await assert.rejects(reader.next(), { kind: 'cancelled' });
    assert.equal(release.length, 0, 'no further part was asked for');
    assert.equal(opened[0]?.aborted, true);
  });

  it('gives everybody the same parts, whoever reads how fast', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(4), { minLength: 1, maxLength: 5 }), fc.nat(8), async (waits, count) => {
        const parts = Array.from({ length: count }, (_, i) => word(`${i} `));
        let opens = 0;
        const open = async function* (): AsyncGenerator<StreamPart, void, undefined> {
          opens++;
          for (const part of parts) {
            await Promise.resolve();
            yield part;
          }
        };
        const readers = waits.map(async (turns) => {
          const read: StreamPart[] = [];
          for await (const part of flights.join('k', open, never)) {
            read.push(part);
            for (let turn = 0; turn < turns; turn++) await Promise.resolve();
          }
          return read;
        });
        for (const read of await Promise.all(readers)) assert.deepEqual(read, parts);
        assert.equal(opens, 1);
      }),
    );
  });
});
