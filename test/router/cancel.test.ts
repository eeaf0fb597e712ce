/** Cancelling reaches the server at every moment, and leaves nothing behind. */
import assert from 'node:assert/strict';
import { systemClock } from '../../src/base/clock.ts';
import { isCancellation } from '../../src/base/errors.ts';
import type { StreamPart } from '../../src/router/stream-part.ts';
import type { Credential } from '../../src/router/credential.ts';
import { closeAfterEach } from '../fakes/close-after-each.ts';
import { type ModelServer, startModelServer } from '../fakes/model-server.ts';
import { countAbortListeners, watchUnhandledRejections } from './leak-detectors.ts';
import { finish, partWire, text } from './part-wire.ts';
import {
  collect,
  createFixture,
  createFixtureWithClock,
  defineTestProvider,
  fimRequest,
  never,
  profileOf,
  type RouterFixture,
  until,
} from './router-fixture.ts';

describe('cancelling a stream', () => {
  const unhandled = watchUnhandledRejections();
  let server: ModelServer;
  let fixture: RouterFixture;

  beforeEach(async () => {
    server = await startModelServer(({ begin, write }) => {
      begin();
      write(text('one') + text('two'));
    });
    fixture = createFixture([profileOf(defineTestProvider('first', { baseUrl: server.url }))]);
  });

  afterEach(async () => {
    try {
      fixture.router.dispose();
      assert.equal(fixture.clock.pendingTimers, 0, 'timers left');
    } finally {
      await server.close();
    }
    unhandled.assertNone();
  });

  function stream(signal: AbortSignal): AsyncIterator<StreamPart> {
    return fixture.router.stream(fimRequest(), signal)[Symbol.asyncIterator]();
  }

  async function expectCancelledRecord(): Promise<void> {
    await until(() => fixture.records.length === 1);
    assert.deepEqual(fixture.records[0]?.outcome, { type: 'cancelled' });
  }

  it('before it begins sends nothing and records nothing', async () => {
    await assert.rejects(collect(fixture.router.stream(fimRequest(), AbortSignal.abort())), isCancellation);
    assert.equal(server.connections, 0);
    assert.deepEqual(fixture.records, []);
  });

  it('while the key is being read opens no socket', async () => {
    let answerKey: (keys: readonly Credential[]) => void = () => undefined;
    const asked = new Promise<readonly Credential[]>((resolve) => (answerKey = resolve));
    const definition = defineTestProvider('first', { baseUrl: server.url, auth: 'api-key' });
    let reading = false;
    fixture.setProfiles([
      profileOf(definition, {
        credentials: () => {
          reading = true;
          return asked;
        },
      }),
    ]);
    const abort = new AbortController();
    const next = stream(abort.signal).next();
    await until(() => reading);
    abort.abort();
    await assert.rejects(next, isCancellation);
    answerKey([]);
    await fixture.clock.settle();
    assert.equal(server.connections, 0);
    await expectCancelledRecord();
  });

  it('while the wire is being loaded opens no socket', async () => {
    let load: (wire: typeof partWire) => void = () => undefined;
    const loaded = new Promise<typeof partWire>((resolve) => (load = resolve));
    let loading = false;
    const definition = defineTestProvider('first', {
      baseUrl: server.url,
      wire: () => {
        loading = true;
        return loaded;
      },
    });
    fixture.setProfiles([profileOf(definition)]);
    const abort = new AbortController();
    const next = stream(abort.signal).next();
    await until(() => loading);
    abort.abort();
    load(partWire);
    await assert.rejects(next, isCancellation);
    await fixture.clock.settle();
    assert.equal(server.connections, 0);
    await expectCancelledRecord();
  });

  it('before the headers closes the socket', async () => {
    server.script = () => undefined;
    const abort = new AbortController();
    const next = stream(abort.signal).next();
    await server.received(1);
    abort.abort();
    await assert.rejects(next, isCancellation);
    await server.allClosed();
    await expectCancelledRecord();
  });

  it('before the first useful token closes the socket', async () => {
    server.script = ({ begin, write }) => {
      begin();
      write(text(' '));
    };
    const abort = new AbortController();
    const next = stream(abort.signal).next();
    await server.received(1);
    await fixture.clock.settle();
    abort.abort();
    await assert.rejects(next, isCancellation);
    await server.allClosed();
    await expectCancelledRecord();
  });

  it('in the middle closes the socket, and the waiting reader is told', async () => {
    const abort = new AbortController();
    const iterator = stream(abort.signal);
    await iterator.next();
    await iterator.next();
    const third = iterator.next();
    abort.abort();
    await assert.rejects(third, isCancellation);
    await server.allClosed();
    await expectCancelledRecord();
    assert.deepEqual(await iterator.next(), { done: true, value: undefined });
  });

  it('while nobody reads closes the socket and writes the record all the same', async () => {
    const abort = new AbortController();
    const iterator = stream(abort.signal);
    await iterator.next();
    await iterator.next();
    abort.abort();
    await server.allClosed();
    await expectCancelledRecord();
    await assert.rejects(iterator.next(), isCancellation);
  });

  it('by leaving the loop closes the socket', async () => {
    for await (const part of fixture.router.stream(fimRequest(), never)) {
      if (part.type === 'source') continue;
      assert.equal(part.type, 'text-delta');
      break;
    }
    await server.allClosed();
    await expectCancelledRecord();
    assert.notEqual(fixture.records[0]?.firstUsefulTokenMs, undefined);
    assert.ok((fixture.records[0]?.usage.output ?? 0) > 0);
  });

  it('by an error of the reader closes the socket', async () => {
    const failing = (async () => {
      for await (const part of fixture.router.stream(fimRequest(), never)) throw new Error(`reader: ${part.type}`);
    })();
    await assert.rejects(failing, /reader: source/);
    await server.allClosed();
    await expectCancelledRecord();
  });

  it('after the end changes nothing', async () => {
    server.script = ({ begin, write, end }) => {
      begin();
      write(text('one') + finish);
      end();
    };
    const abort = new AbortController();
    const counter = countAbortListeners(abort.signal);
    await collect(fixture.router.stream(fimRequest(), abort.signal));
    await until(() => fixture.egress.recorded.length === 1);
    await until(() => counter.current === 0);
    abort.abort();
    await fixture.clock.settle();
    assert.deepEqual(
      fixture.records.map(({ outcome }) => outcome),
      [{ type: 'finished', reason: 'stop' }],
    );
  });

  it('right after finish closes a body that goes on', async () => {
    server.script = ({ begin, write }) => {
      begin();
      write(text('one') + finish);
    };
    const abort = new AbortController();
    const counter = countAbortListeners(abort.signal);
    const parts = await collect(fixture.router.stream(fimRequest(), abort.signal));
    assert.equal(parts.at(-1)?.type, 'finish');
    abort.abort();
    await server.allClosed();
    await until(() => counter.current === 0);
    assert.deepEqual(fixture.records[0]?.outcome, { type: 'finished', reason: 'stop' });
  });

  it('is not needed for a body that goes on after finish: it is closed soon', async () => {
    server.script = ({ begin, write }) => {
      begin();
      write(text('one') + finish);
    };
    await collect(fixture.router.stream(fimRequest(), never));
    await fixture.clock.advance(1000);
    await server.allClosed();
  });

  it('leaves no listener on the signal of the caller, however the stream ends', async () => {
    const abort = new AbortController();
    const counter = countAbortListeners(abort.signal);
    const scripts: (typeof server.script)[] = [
      ({ begin, write, end }) => (begin(), write(text('a') + finish), end()),
      ({ answer }) => answer(500, {}),
      ({ begin, write, cut }) => (begin(), write(text('a')), setImmediate(cut)),
      ({ cut }) => cut(),
      ({ begin, write, end }) => (begin(), write('not json\n'), end()),
    ];
    for (const script of scripts) {
      server.script = script;
      await collect(fixture.router.stream(fimRequest(), abort.signal)).catch(() => undefined);
    }
    await until(() => counter.current === 0);
    assert.ok(counter.total >= scripts.length);
  });

  it('does not depend on the wire: one that ignores its signal holds nobody', async () => {
    const deaf = defineTestProvider('deaf', {
      baseUrl: server.url,
      wire: () =>
        Promise.resolve({
          ...partWire,
          // eslint-disable-next-line require-yield
          stream: async function* () {
            await new Promise(() => undefined);
          },
        }),
    });
    fixture.setProfiles([profileOf(deaf)]);
    const abort = new AbortController();
    const next = stream(abort.signal).next();
    await fixture.clock.settle();
    abort.abort();
    await assert.rejects(next, isCancellation);
    const timedOut = collect(fixture.router.stream(fimRequest(), never));
    const rejected = assert.rejects(timedOut, { kind: 'timeout' });
    await fixture.clock.advance(1500);
    await rejected;
  });

  it('lets the wire clean up, and closes what it left open', async () => {
    let cleanedUp = false;
    const careless = defineTestProvider('careless', {
      baseUrl: server.url,
      wire: () =>
        Promise.resolve({
          ...partWire,
          stream: async function* (call) {
            try {
              await call.fetch(`${call.baseUrl}/stream`);
              yield { type: 'text-delta', text: 'x' } as const;
              yield { type: 'text-delta', text: 'y' } as const;
            } finally {
              cleanedUp = true;
            }
          },
        }),
    });
    fixture.setProfiles([profileOf(careless)]);
    const abort = new AbortController();
    await stream(abort.signal).next();
    abort.abort();
    await server.allClosed();
    await fixture.clock.settle();
    assert.equal(cleanedUp, true);
    assert.equal(fixture.egress.recorded.length, 1);
  });

  it('ends what is running when the router is disposed', async () => {
    const iterator = stream(never);
    await iterator.next();
    fixture.router.dispose();
    await server.allClosed();
    await assert.rejects(collect(fixture.router.stream(fimRequest(), never)), isCancellation);
  });
});

describe('cancelling, in real time', () => {
  const opened = closeAfterEach();

  it('leaves no timer and no socket', async () => {
    const server = opened(
      await startModelServer(({ begin, write }) => {
        begin();
        write(text('one'));
      }),
    );
    const fixture = createFixtureWithClock([profileOf(defineTestProvider('a', { baseUrl: server.url }))], systemClock);
    const timersBefore = countResources('Timeout');
    for (let i = 0; i < 10; i++) {
      const abort = new AbortController();
      const iterator = fixture.router.stream(fimRequest(), abort.signal)[Symbol.asyncIterator]();
      await iterator.next();
      await iterator.next();
      abort.abort();
      await server.allClosed();
      await assert.rejects(iterator.next(), isCancellation);
    }
    fixture.router.dispose();
    await server.close();
    await until(() => countResources('TCPSocketWrap') === 0);
    assert.ok(countResources('Timeout') <= timersBefore, 'timers left');
  });
});

function countResources(type: string): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === type).length;
}
