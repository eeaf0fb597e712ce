/** The one way to the network: asked before, told after, counted in between, retried once where a connection had died. */
import assert from 'node:assert/strict';
import { createTransport, type MeteredFetch } from '../../src/router/transport.ts';
import { closedPort, type ModelServer, startModelServer } from '../fakes/model-server.ts';
import { createRecordingEgress, type RecordingEgress } from './router-fixture.ts';

describe('the transport', () => {
  let server: ModelServer;
  let egress: RecordingEgress;
  let calls: number;
  let open: (signal?: AbortSignal) => MeteredFetch;

  beforeEach(async () => {
    server = await startModelServer(({ request, answer }) => answer(200, {}, `answer to ${request.body}`));
    egress = createRecordingEgress();
    calls = 0;
    const transport = createTransport({
      egress,
      fetch: (...args) => {
        calls++;
        return globalThis.fetch(...args);
      },
    });
    open = (signal = new AbortController().signal) => transport({ providerId: 'p', purpose: 'completion', signal });
  });

  afterEach(() => server.close());

  it('counts what is sent and received, and tells the egress log once', async () => {
    const metered = open();
    const response = await metered.fetch(`${server.url}/a`, { method: 'POST', body: 'größer' });
    assert.equal(await response.text(), 'answer to größer');
    assert.deepEqual(metered.bytes, { sent: 8, received: 18 });
    metered.close();
    assert.deepEqual(egress.recorded, [
      { url: `${server.url}/a`, purpose: 'completion', providerId: 'p', bytesSent: 8, bytesReceived: 18, status: 200 },
    ]);
  });

  it('keeps status, headers and chunks of the answer', async () => {
    server.script = async ({ response, write, end }) => {
      response.writeHead(418, { 'x-test': 'yes' });
      write('a');
      await new Promise((resolve) => setImmediate(resolve));
      write('b');
      end();
    };
    const response = await open().fetch(server.url);
    assert.equal(response.status, 418);
    assert.equal(response.headers.get('x-test'), 'yes');
    assert.equal(await response.text(), 'ab');
  });

  it('takes Request objects, byte arrays and parameters', async () => {
    const metered = open();
    await (await metered.fetch(new Request(server.url, { method: 'POST', body: 'abc' }))).text();
    await (await metered.fetch(new URL(server.url), { method: 'POST', body: new Uint8Array([97, 98]) })).text();
    await (await metered.fetch(server.url, { method: 'POST', body: new URLSearchParams({ a: 'b' }) })).text();
    assert.deepEqual(
      server.requests.map(({ body }) => body),
      ['abc', 'ab', 'a=b'],
    );
    assert.equal(metered.bytes.sent, 8);
  });

  it('tells the egress log also of bodies that nobody read, and of requests that failed', async () => {
    server.script = ({ begin, write }) => {
      begin();
      write('x');
    };
    const abort = new AbortController();
    const metered = open(abort.signal);
    await metered.fetch(server.url);
    const port = await closedPort();
    await assert.rejects(metered.fetch(`http://127.0.0.1:${port}/`));
    abort.abort();
    metered.close();
    metered.close();
    assert.deepEqual(
      egress.recorded.map(({ status }) => status),
      [undefined, 200],
    );
    await server.allClosed();
  });

  it('ends with the signal of the caller even if the wire passes another one', async () => {
    server.script = ({ begin }) => begin();
    const abort = new AbortController();
    const response = await open(abort.signal).fetch(server.url, { signal: new AbortController().signal });
    const body = assert.rejects(response.text());
    abort.abort();
    await body;
    await server.allClosed();
  });

  it('ends with the signal of the wire', async () => {
    server.script = () => undefined;
    const abort = new AbortController();
    const pending = open().fetch(server.url, { signal: abort.signal });
    const rejected = assert.rejects(pending);
    await server.received(1);
    abort.abort();
    await rejected;
    await server.allClosed();
  });

  it('counts what fetch cannot carry too, and asks about it before', () => {
    const abort = new AbortController();
    const metered = open(abort.signal);
    const whole = metered.exchange('http://gateway.example:50051');
    whole.sent(10);
    whole.received(4);
    whole.received(5);
    whole.end(200);
    whole.end();
    metered.exchange('http://gateway.example:50051').sent(3);
    metered.close();
    const about = { url: 'http://gateway.example:50051', purpose: 'completion', providerId: 'p' };
    assert.deepEqual(egress.recorded, [
      { ...about, bytesSent: 10, bytesReceived: 9, status: 200 },
      { ...about, bytesSent: 3, bytesReceived: 0, status: undefined },
    ]);
    assert.deepEqual(metered.bytes, { sent: 13, received: 9 });
    egress.forbidden.add('gateway.example:50051');
    assert.throws(() => metered.exchange('http://gateway.example:50051'), { kind: 'privacy' });
    abort.abort();
    assert.throws(() => metered.exchange('http://elsewhere.example'));
    assert.equal(egress.checked.length, 3);
  });

  it('cancels the body with the reader', async () => {
    server.script = ({ begin, write }) => {
      begin();
      write('x');
    };
    const response = await open().fetch(server.url);
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await server.allClosed();
    assert.equal(egress.recorded.length, 1);
  });

  describe('retries a connection failure at once', () => {
    const cutting: ModelServer['script'] = ({ cut }) => cut();

    it('when the server answered before: the kept socket may have died', async () => {
      const metered = open();
      await (await metered.fetch(server.url, { method: 'POST', body: '1' })).text();
      const answering = server.script;
      server.script = (exchange) => {
        server.script = answering;
        return cutting(exchange);
      };
      const response = await metered.fetch(server.url, { method: 'POST', body: '2' });
      assert.equal(await response.text(), 'answer to 2');
      assert.equal(calls, 3);
      assert.deepEqual(
        egress.recorded.map(({ status }) => status),
        [200, undefined, 200],
      );
      assert.equal(egress.checked.length, 3);
      assert.equal(metered.bytes.sent, 3);
    });

    it('but once only', async () => {
      const metered = open();
      await (await metered.fetch(server.url)).text();
      server.script = cutting;
      await assert.rejects(metered.fetch(server.url), { kind: 'network' });
      assert.equal(calls, 3);
      await assert.rejects(metered.fetch(server.url), { kind: 'network' });
      assert.equal(calls, 4);
    });

    it('but not when it never answered, when the body cannot be sent again, or after the first byte', async () => {
      const metered = open();
      const answering = server.script;
      server.script = cutting;
      await assert.rejects(metered.fetch(server.url), { kind: 'network' });
      assert.equal(calls, 1);
      server.script = answering;
      await (await metered.fetch(server.url)).text();
      server.script = cutting;
      const body = new Blob(['x']).stream();
      await assert.rejects(metered.fetch(server.url, { method: 'POST', body, duplex: 'half' } as RequestInit));
      assert.equal(calls, 3);
      server.script = answering;
      await (await metered.fetch(server.url)).text();
      server.script = ({ begin, write, cut }) => {
        begin();
        write('x');
        setImmediate(cut);
      };
      const response = await metered.fetch(server.url);
      await assert.rejects(response.text(), { kind: 'network', message: /broke off in the middle/ });
      assert.equal(calls, 5);
    });

    it('but not after an abort', async () => {
      const abort = new AbortController();
      const metered = open(abort.signal);
      await (await metered.fetch(server.url)).text();
      let closed: Promise<void> | undefined;
      server.script = ({ closedByClient }) => void (closed = closedByClient);
      const rejected = assert.rejects(metered.fetch(server.url));
      await server.received(2);
      abort.abort();
      await rejected;
      await closed;
      assert.equal(calls, 2);
    });
  });
});
