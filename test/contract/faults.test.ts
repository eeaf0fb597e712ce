/** Every provider against everything that can go wrong with a server: the next one answers, once, and nothing is left behind. */
import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { ErrorKind } from '../../src/base/errors.ts';
import type { StreamPart } from '../../src/router/stream-part.ts';
import { type Exchange, type ModelServer, type Script, startModelServer } from '../fakes/model-server.ts';
import { countAbortListeners, watchUnhandledRejections } from '../router/leak-detectors.ts';
import { finish, text } from '../router/part-wire.ts';
import {
  collect,
  defineTestProvider,
  never,
  profileOf,
  type RouterFixture,
  textOf,
  until,
} from '../router/router-fixture.ts';
import {
  beginning,
  bytesOf,
  contentTypeOf,
  type Dialect,
  holeRequest,
  holesIn,
  profileAt,
  type ProviderUnderTest,
  providersUnderTest,
  readyFixture,
  startDialectServer,
  streamText,
} from './dialects.ts';

interface Fault {
  readonly name: string;
  readonly script: (dialect: Dialect) => Script;
  /** Which of these it is may depend on how the pieces arrive. */
  readonly kinds: readonly ErrorKind[];
  /** Requests until the next provider is asked, if not 1. */
  readonly requests?: number;
  /** Time that must pass until it is noticed. */
  readonly afterMs?: number;
  /** Where it is none. */
  readonly unless?: (dialect: Dialect) => boolean;
}

const beginStream = (dialect: Dialect, exchange: Exchange): void => exchange.begin(contentTypeOf(dialect));

/** One piece of a stream, with something in it that is no JSON. */
const framed = (dialect: Dialect, content: string): string =>
  dialect.stream.endsWith('.sse') ? `data: ${content}\n\n` : `${content}\n`;

const beforeTheFirstToken: readonly Fault[] = [
  {
    name: 'a server that hangs up',
    script: () => (exchange) => exchange.cut(),
    kinds: ['network'],
    // It answered a moment ago, to the probe: a kept connection may have died meanwhile, so it is asked once more.
    requests: 2,
  },
  { name: 'a server that does not answer', script: () => () => undefined, kinds: ['timeout'], afterMs: 1500 },
  {
    name: 'a server that hangs after the headers',
    script: (dialect) => (exchange) => beginStream(dialect, exchange),
    kinds: ['timeout'],
    afterMs: 1500,
  },
  {
    name: 'a server that only says that it is still there',
    script: (dialect) => (exchange) => {
      beginStream(dialect, exchange);
      exchange.write(dialect.stream.endsWith('.sse') ? ': ping\n\n: ping\n\n' : '\n\n');
    },
    kinds: ['timeout'],
    afterMs: 1500,
  },
  ...[400, 401, 402, 403, 408, 413, 429, 500, 502, 503, 504, 529].map((status): Fault => ({
    name: `a ${status}`,
    script: () => (exchange) => exchange.answer(status, {}, '{"error":{"message":"no"}}'),
    kinds: ['bad-response', 'auth', 'quota', 'timeout', 'too-long', 'rate-limit', 'overloaded'],
  })),
  {
    name: 'a redirect',
    script: () => (exchange) => exchange.answer(307, { location: 'http://127.0.0.1:1/' }),
    kinds: ['invalid-config'],
  },
  {
    name: 'a web page with status 200',
    script: () => (exchange) => exchange.answer(200, { 'content-type': 'text/html' }, '<html><p>Sign in to the Wi-Fi'),
    kinds: ['bad-response'],
  },
  {
    name: 'an error inside a 200',
    script: () => (exchange) =>
      exchange.answer(
        200,
        { 'content-type': 'application/json' },
        '{"error":{"message":"broken","type":"server_error"}}',
      ),
    // Where an answer is made of binary frames, JSON is none.
    kinds: ['overloaded', 'bad-response'],
  },
  {
    name: 'an error inside the stream',
    script: (dialect) => (exchange) => {
      beginStream(dialect, exchange);
      exchange.write(dialect.errorInStream);
      exchange.end();
    },
    kinds: ['overloaded', 'bad-response'],
  },
  {
    name: 'an empty answer',
    script: (dialect) => (exchange) => exchange.answer(200, { 'content-type': contentTypeOf(dialect) }),
    kinds: ['network', 'bad-response'],
  },
  {
    name: 'a stream that ends in the middle of a piece',
    script: (dialect) => (exchange) => {
      beginStream(dialect, exchange);
      exchange.write(streamText(dialect).slice(0, 20));
      exchange.end();
    },
    kinds: ['network', 'bad-response'],
  },
  {
    name: 'a stream that is cut in the middle of a piece',
    script: (dialect) => (exchange) => {
      beginStream(dialect, exchange);
      exchange.write(streamText(dialect).slice(0, 20));
      setImmediate(exchange.cut);
    },
    kinds: ['network', 'bad-response'],
  },
  {
    name: 'a malformed stream',
    script: (dialect) => (exchange) => {
      beginStream(dialect, exchange);
      exchange.write(framed(dialect, '{"this is": not JSON'));
      exchange.end();
    },
    kinds: ['bad-response', 'network'],
  },
  {
    name: 'bytes that are no text',
    script: (dialect) => (exchange) => {
      beginStream(dialect, exchange);
      exchange.write(Buffer.concat([Buffer.from([0xff, 0xfe, 0x00, 0xc3]), Buffer.from(framed(dialect, '\u0000'))]));
      exchange.end();
    },
    kinds: ['bad-response', 'network'],
  },
  {
    name: 'a line without an end',
    script: (dialect) => async (exchange) => {
      beginStream(dialect, exchange);
      exchange.write(dialect.stream.endsWith('.sse') ? 'data: {"a":"' : '{"a":"');
      const piece = 'x'.repeat(64 * 1024);
      let closed = false;
      void exchange.closedByClient.then(() => (closed = true));
      while (!closed) {
        exchange.write(piece);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    kinds: ['bad-response'],
  },
  {
    name: 'a body that is not in the encoding that it claims',
    script: (dialect) => (exchange) =>
      exchange.answer(200, { 'content-type': contentTypeOf(dialect), 'content-encoding': 'gzip' }, streamText(dialect)),
    kinds: ['network', 'bad-response'],
  },
  {
    name: 'a body that is shorter than it claims',
    script: (dialect) => (exchange) => {
      exchange.response.writeHead(200, { 'content-type': contentTypeOf(dialect), 'content-length': '100000' });
      exchange.write(streamText(dialect).slice(0, 20));
      setImmediate(exchange.cut);
    },
    kinds: ['network', 'bad-response'],
  },
];

const afterTheFirstToken: readonly Fault[] = [
  {
    name: 'is cut',
    script: (dialect) => (exchange) => {
      beginStream(dialect, exchange);
      exchange.write(beginning(dialect));
      setImmediate(exchange.cut);
    },
    kinds: ['network'],
  },
  {
    name: 'ends without its last word',
    script: (dialect) => (exchange) => {
      beginStream(dialect, exchange);
      exchange.write(beginning(dialect));
      exchange.end();
    },
    kinds: ['network'],
    unless: (dialect) => dialect.endsWithBody === true,
  },
  {
    name: 'hangs',
    script: (dialect) => (exchange) => {
      beginStream(dialect, exchange);
      exchange.write(beginning(dialect));
    },
    kinds: ['timeout'],
    afterMs: 5000,
  },
  {
    name: 'turns into an error',
    script: (dialect) => (exchange) => {
      beginStream(dialect, exchange);
      exchange.write(beginning(dialect) + dialect.errorInStream);
      exchange.end();
    },
    kinds: ['overloaded', 'bad-response'],
  },
  {
    name: 'turns into nonsense',
    script: (dialect) => (exchange) => {
      beginStream(dialect, exchange);
      exchange.write(beginning(dialect) + framed(dialect, '{"this is": not JSON'));
      exchange.end();
    },
    kinds: ['bad-response'],
  },
];

for (const provider of providersUnderTest()) {
  describe(`faults of ${provider.definition.id}`, () => faultsOf(provider));
}

function faultsOf(provider: ProviderUnderTest): void {
  const { definition, dialect } = provider;
  const unhandled = watchUnhandledRejections();
  let broken: ModelServer;
  let working: ModelServer;
  let fixture: RouterFixture;

  async function start(fault: Fault): Promise<void> {
    broken = await startDialectServer(dialect, fault.script(dialect));
    working = await startModelServer(({ begin, write, end }) => {
      begin();
      write(text('fallback') + finish);
      end();
    });
    const fallback = profileOf(defineTestProvider('fallback', { baseUrl: working.url }));
    fixture = await readyFixture([profileAt(provider, broken), fallback]);
  }

  afterEach(async () => {
    try {
      fixture.router.dispose();
      await fixture.clock.settle();
      assert.equal(fixture.clock.pendingTimers, 0, 'timers left');
    } finally {
      await Promise.all([broken.close(), working.close()]);
    }
    unhandled.assertNone();
  });

  /** Reads to the end while time passes, and looks after what must not be left on the signal. */
  async function read(fault: Fault): Promise<readonly StreamPart[]> {
    const abort = new AbortController();
    const listeners = countAbortListeners(abort.signal);
    const answer = collect(fixture.router.stream(holeRequest(), abort.signal));
    if (fault.afterMs !== undefined) {
      await until(() => holesIn(broken, dialect) === 1);
      await untilQuiet();
      await fixture.clock.advance(fault.afterMs);
    }
    const parts = await answer;
    await until(() => listeners.current === 0);
    return parts;
  }

  /** What the server wrote before it fell silent has been read. */
  async function untilQuiet(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await fixture.clock.settle();
  }

  function expectFailure(fault: Fault): void {
    const outcome = fixture.records[0]?.outcome;
    assert.ok(outcome?.type === 'failed', JSON.stringify(outcome));
    assert.ok(fault.kinds.includes(outcome.kind), `${outcome.kind}: ${outcome.message}`);
    assert.match(outcome.message, /127\.0\.0\.1:\d+/);
    const isProbed = definition.capabilities.fim === 'probe';
    assert.equal(holesIn(broken, dialect), isProbed ? (fault.requests ?? 1) : 1);
  }

  for (const fault of beforeTheFirstToken) {
    it(`${fault.name}: the next provider answers, once`, async () => {
      await start(fault);
      const parts = await read(fault);
      const [source, ...rest] = parts;
      assert.ok(source?.type === 'source' && source.isDegraded && source.providerId === 'fallback');
      assert.deepEqual(rest, [
        { type: 'text-delta', text: 'fallback' },
        { type: 'finish', reason: 'stop' },
      ]);
      assert.equal(working.requests.length, 1);
      expectFailure(fault);
      await broken.idle();
    });
  }

  for (const fault of afterTheFirstToken.filter(({ unless }) => unless?.(dialect) !== true)) {
    it(`an answer that ${fault.name} is not continued by another provider`, async () => {
      await start(fault);
      const parts = await read(fault);
      assert.ok(dialect.text.startsWith(textOf(parts)));
      assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'interrupted' });
      assert.equal(parts.filter(({ type }) => type === 'finish').length, 1);
      assert.equal(working.requests.length, 0);
      assert.equal(fixture.records.length, 1);
      expectFailure(fault);
      await broken.idle();
    });
  }

  it('a server that is gone: the next provider answers, and a word is said once', async () => {
    await start({ name: 'gone', script: () => () => undefined, kinds: ['network'] });
    await broken.close();
    for (let i = 0; i < 5; i++) {
      assert.equal(textOf(await collect(fixture.router.stream(holeRequest(), never))), 'fallback');
    }
    assert.equal(working.requests.length, 5);
    const tries = fixture.records.filter(({ providerId }) => providerId === definition.id);
    assert.ok(tries.length >= 1 && tries.length <= 3, `${tries.length} tries`);
    assert.match(fixture.router.health()[0]?.problem ?? 'unknown', /Nothing answers at|unknown/);
    assert.ok(fixture.log.filter((line) => line.startsWith('warn')).length <= 1);
  });

  it('slow bytes are read as they come', async () => {
    await start({
      name: 'slow',
      script: () => async (exchange) => {
        beginStream(dialect, exchange);
        const bytes = bytesOf(dialect, streamText(dialect));
        for (let at = 0; at < bytes.length; at += 7) {
          exchange.write(bytes.subarray(at, at + 7));
          await new Promise((resolve) => setImmediate(resolve));
        }
        exchange.end();
      },
      kinds: [],
    });
    assert.equal(textOf(await collect(fixture.router.stream(holeRequest(), never))), dialect.text);
  });
}

describe('a proxy between the router and a provider', () => {
  for (const [status, message] of [
    [407, /A proxy in front of model\.example asks for a sign-in \(407\)/],
    [502, /A proxy in front of model\.example gave no connection \(502\)/],
  ] as const) {
    it(`that answers ${status} is named, and the next provider answers`, async () => {
      const proxy = http.createServer();
      let tunnels = 0;
      proxy.on('connect', (_request: http.IncomingMessage, socket: Socket) => {
        tunnels++;
        socket.on('error', () => undefined);
        socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
      });
      await new Promise<void>((resolve) => {
        proxy.listen(0, '127.0.0.1', resolve);
      });
      const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
      const restore = http.setGlobalProxyFromEnv({ http_proxy: url, https_proxy: url, no_proxy: '127.0.0.1' });
      const working = await startModelServer(({ begin, write, end }) => {
        begin();
        write(text('fallback') + finish);
        end();
      });
      const far = defineTestProvider('far', { baseUrl: 'http://model.example' });
      const near = defineTestProvider('near', { baseUrl: working.url });
      const fixture = await readyFixture([profileOf(far), profileOf(near)]);
      try {
        assert.equal(textOf(await collect(fixture.router.stream(holeRequest(), never))), 'fallback');
        const outcome = fixture.records[0]?.outcome;
        assert.match(outcome?.type === 'failed' ? outcome.message : '', message);
        assert.equal(tunnels, 1);
      } finally {
        restore();
        fixture.router.dispose();
        proxy.closeAllConnections();
        await new Promise((resolve) => proxy.close(resolve));
        await working.close();
      }
    });
  }
});
