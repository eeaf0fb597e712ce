/** What is reported of connections is what was negotiated, and nothing about hosts that others ask. */
import assert from 'node:assert/strict';
import { channel } from 'node:diagnostics_channel';
import { type ConnectionWatch, watchConnections } from '../../src/router/capability-report.ts';
import { httpWishes } from '../../src/router/http-wishes.ts';
import { startModelServer } from '../fakes/model-server.ts';

describe('the report on connections', () => {
  let watch: ConnectionWatch;
  beforeEach(() => (watch = watchConnections()));
  afterEach(() => watch.dispose());

  it('names the protocol that was really negotiated', async () => {
    const server = await startModelServer(({ answer }) => answer(200, {}, 'ok'));
    try {
      await (await fetch(server.url)).text();
      watch.answered(`${server.url}/v1/models`);
      assert.deepEqual(watch.hosts(), [
        {
          host: `127.0.0.1:${server.port}`,
          protocol: 'HTTP/1.1',
          isEncrypted: false,
          opened: server.connections,
          answered: 1,
        },
      ]);
    } finally {
      await server.close();
    }
  });

  it('says that it cannot see what the platform does not show', () => {
    watch.answered('https://api.example/v1');
    watch.answered('https://api.example/v1');
    assert.deepEqual(watch.hosts(), [
      { host: 'api.example', protocol: 'not visible', isEncrypted: true, opened: 0, answered: 2 },
    ]);
  });

  it('tells of HTTP/2, counts connections, and survives what it does not know', () => {
    const connected = channel('undici:client:connected');
    for (const message of [
      null,
      {},
      { connectParams: { protocol: 7 } },
      { connectParams: { protocol: 'x', host: '' } },
    ]) {
      connected.publish(message);
    }
    for (const host of ['api.example', 'api.example', 'other.example']) {
      connected.publish({ connectParams: { protocol: 'https:', host, version: 'h2' } });
    }
    watch.answered('https://api.example/v1');
    watch.answered('no address');
    assert.deepEqual(watch.hosts(), [
      { host: 'api.example', protocol: 'HTTP/2', isEncrypted: true, opened: 2, answered: 1 },
    ]);
  });

  it('listens no more when it is disposed', () => {
    watch.dispose();
    assert.equal(channel('undici:client:connected').hasSubscribers, false);
  });

  it('answers every key of the table', () => {
    assert.deepEqual(
      httpWishes.map(({ key }) => key),
      [
        'http.protocol',
        'http.fallback',
        'http.connect_timeout',
        'http.read_timeout',
        'http.write_timeout',
        'http.max_retries',
        'http.retry_backoff',
        'http.pool',
        'http.quic',
        'http.tls.verify_certificates',
        'http.tls.min_version',
      ],
    );
    for (const { explanation } of httpWishes) assert.match(explanation, /^[A-Z].*\.$/);
  });
});
