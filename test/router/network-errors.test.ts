/** What fetch throws becomes an error that names the host and the way out: with real sockets, TLS and proxies. */
import assert from 'node:assert/strict';
import { createServer as createTlsServer } from 'node:https';
import http from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { type ErrorKind, ReaperError } from '../../src/base/errors.ts';
import { createTransport } from '../../src/router/transport.ts';
import { closeAfterEach } from '../fakes/close-after-each.ts';
import { closedPort, type ModelServer, startModelServer } from '../fakes/model-server.ts';
import { createRecordingEgress, never } from './router-fixture.ts';

const transport = createTransport({ fetch: (...args) => globalThis.fetch(...args), egress: createRecordingEgress() });

async function failure(url: string): Promise<ReaperError> {
  const { fetch } = transport({ providerId: 'p', purpose: 'completion', signal: never });
  try {
    const response = await fetch(url, { method: 'POST', body: 'x' });
    await response.text();
  } catch (error) {
    assert.ok(error instanceof ReaperError, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: 'the request succeeded' });
}

async function expectFailure(url: string, kind: ErrorKind, message: RegExp, retryable: boolean): Promise<void> {
  const error = await failure(url);
  assert.equal(error.kind, kind, error.message);
  assert.match(error.message, message);
  assert.equal(error.retryable, retryable, 'retryable');
}

async function expectStubFailure(url: string, cause: Error, expected: object): Promise<void> {
  const fetch = (): Promise<Response> => Promise.reject(new TypeError('fetch failed', { cause }));
  const failing = createTransport({ fetch, egress: createRecordingEgress() });
  await assert.rejects(failing({ providerId: 'p', purpose: 'completion', signal: never }).fetch(url), expected);
}

describe('a failed fetch', () => {
  const opened = closeAfterEach();

  const servers: Server[] = [];

  async function listen(server: Server): Promise<number> {
    servers.push(server);
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
    });
    server.on('close', () => {
      for (const socket of sockets) socket.destroy();
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return (server.address() as AddressInfo).port;
  }

  afterEach(async () => {
    for (const server of servers.splice(0)) {
      if ('closeAllConnections' in server) (server as http.Server).closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
        server.emit('close');
      });
    }
  });

  it('because nobody listens', async () => {
    const port = await closedPort();
    await expectFailure(`http://127.0.0.1:${port}/`, 'network', /Nothing answers at 127\.0\.0\.1:\d+\. Start/, true);
    await expectFailure(`http://localhost:${port}/`, 'network', /Nothing answers at localhost/, true);
  });

  it('because the name is unknown', async () => {
    // As Node 24 throws it; a real look-up takes as long as the machine's resolver likes.
    const cause = Object.assign(new Error('getaddrinfo ENOTFOUND nowhere.invalid'), { code: 'ENOTFOUND' });
    await expectStubFailure('http://nowhere.invalid/', cause, {
      kind: 'network',
      retryable: true,
      message: /The name of nowhere\.invalid cannot be resolved/,
    });
  });

  it('because the server hangs up', async () => {
    const port = await listen(createTcpServer((socket) => void socket.on('data', () => socket.destroy())));
    await expectFailure(`http://127.0.0.1:${port}/`, 'network', /closed the connection without an answer/, true);
    const reset = await listen(createTcpServer((socket) => void socket.on('data', () => socket.resetAndDestroy())));
    await expectFailure(`http://127.0.0.1:${reset}/`, 'network', /closed the connection without an answer/, true);
  });

  it('because the answer breaks off', async () => {
    const server = opened(
      await startModelServer(({ begin, write, cut }) => {
        begin();
        write('abc');
        setImmediate(cut);
      }),
    );
    await expectFailure(server.url, 'network', /broke off in the middle/, true);
  });

  it('because it is no HTTP server', async () => {
    const port = await listen(createTcpServer((socket) => void socket.write('220 ready\r\n')));
    await expectFailure(`http://127.0.0.1:${port}/`, 'bad-response', /does not answer in HTTP/, false);
    const huge = opened(await startModelServer(({ answer }) => answer(200, { x: 'a'.repeat(20_000) })));
    await expectFailure(huge.url, 'bad-response', /too large a header/, false);
  });

  it('because the scheme is wrong, both ways', async () => {
    const plain = opened(await startModelServer(({ answer }) => answer(200, {})));
    await expectFailure(`https://127.0.0.1:${plain.port}/`, 'network', /does not speak HTTPS\. Use http:/, false);
    const port = await listen(createTlsServer());
    await expectFailure(`http://127.0.0.1:${port}/`, 'network', /port and http\/https are right/, true);
  });

  it('because the certificate is not trusted', async () => {
    // As Node 24 throws it for a self-signed certificate; no private key is kept in the repository for it.
    const cause = Object.assign(new Error('self-signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    await expectStubFailure('https://gateway.example/', cause, {
      kind: 'network',
      retryable: false,
      message: /certificate of gateway\.example is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\)/,
    });
  });

  it('because the address is not usable, without quoting it', async () => {
    for (const url of ['http://user:password@127.0.0.1/', 'ftp://127.0.0.1/', 'http://127.0.0.1:6000/', 'http://']) {
      const error = await failure(url);
      assert.equal(error.kind, 'invalid-config', url);
      assert.match(error.message, /base URL is not usable/);
      assert.ok(
        !`${error.message} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`.includes('password'),
      );
    }
  });
});

describe('a proxy in between', () => {
  let proxy: http.Server;
  let restore: () => void;
  let answerConnect: (socket: Socket, target: string) => void;
  let origin: ModelServer;
  let proxied: string[];
  // A tunnel is no connection of the server any more, so the server does not close it.
  const tunnels: Socket[] = [];

  beforeEach(async () => {
    proxied = [];
    origin = await startModelServer(({ answer }) => answer(200, {}, 'hello'));
    proxy = http.createServer((_request, response) => response.writeHead(400).end());
    proxy.on('connect', (request: http.IncomingMessage, socket: Socket) => {
      proxied.push(request.url ?? '');
      tunnels.push(socket);
      socket.on('error', () => undefined);
      answerConnect(socket, request.url ?? '');
    });
    await new Promise<void>((resolve) => {
      proxy.listen(0, '127.0.0.1', resolve);
    });
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    // As VS Code's patched fetch does: a CONNECT tunnel, for http: too.
    restore = http.setGlobalProxyFromEnv({ http_proxy: url, https_proxy: url });
  });

  afterEach(async () => {
    restore();
    for (const tunnel of tunnels.splice(0)) tunnel.destroy();
    proxy.closeAllConnections();
    await new Promise((resolve) => proxy.close(resolve));
    await origin.close();
  });

  it('is used', async () => {
    answerConnect = (socket) => {
      const upstream = new (socket.constructor as typeof Socket)();
      upstream.on('error', () => undefined);
      upstream.connect(origin.port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(upstream).pipe(socket);
      });
      socket.on('close', () => upstream.destroy());
    };
    const { fetch } = transport({ providerId: 'p', purpose: 'completion', signal: never });
    const response = await fetch('http://model.example/', { method: 'POST', body: 'x' });
    assert.equal(await response.text(), 'hello');
    assert.deepEqual(proxied, ['model.example:80']);
  });

  it('that asks for a sign-in is named as what it is', async () => {
    answerConnect = (socket) => void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    await expectFailure(
      'http://model.example/',
      'network',
      /proxy in front of model\.example asks for a sign-in.*http\.proxyAuthorization/,
      false,
    );
  });

  it('that reaches nobody is named as what it is', async () => {
    answerConnect = (socket) => void socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    await expectFailure(
      'https://model.example/',
      'network',
      /proxy in front of model\.example gave no connection \(502\)/,
      true,
    );
  });
});
