/**
 * The small web server before VS Code's own: it keeps other sites out, turns the short address into the full one, and keeps
 * the half of a key with which VS Code encrypts the secrets in the browser, so that API keys are still there after a restart.
 */
import { timingSafeEqual } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse, createServer, request } from 'node:http';
import { type AddressInfo, type Socket, connect } from 'node:net';
import { SetupError } from '../bootstrap/progress.mjs';

export interface FrontDoorOptions {
  /** Port of VS Code's server on the loopback interface. */
  readonly serverPort: number;
  /** Every session has to show it once, as `tkn` in the address. */
  readonly token: string;
  /** 32 bytes, the same at every start. */
  readonly secretKeyHalf: Uint8Array;
  /** The folder that the short address opens. */
  readonly folder: string;
  readonly port: number;
  /** What to do when something else listens on that port. */
  readonly ifTaken: 'take-another' | 'fail';
}

export interface FrontDoor {
  readonly port: number;
  readonly url: string;
  close(): void;
}

/** VS Code reads from this cookie where to fetch its half of the key. */
const KEY_COOKIE = 'vscode-secret-key-path=/mint-key; Path=/; SameSite=Strict';
/** VS Code's server leaves the token here once it has seen it. */
const TOKEN_COOKIE = 'vscode-tkn';

export async function openFrontDoor(options: FrontDoorOptions): Promise<FrontDoor> {
  const server = createServer((incoming, response) => answer(incoming, response, options));
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (incoming, socket, head) => passOnSocket(incoming, socket as Socket, head, options.serverPort));
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}/?tkn=${options.token}`,
    close: () => {
      server.close();
      for (const socket of sockets) {
        socket.destroy();
      }
    },
  };
}

function answer(incoming: IncomingMessage, response: ServerResponse, options: FrontDoorOptions): void {
  const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
  if (!isLoopbackName(incoming.headers.host)) {
    response.writeHead(403).end('Only for this machine.');
  } else if (url.pathname === '/mint-key') {
    const allowed = incoming.method === 'POST' && isToken(cookie(incoming, TOKEN_COOKIE), options.token);
    response.writeHead(allowed ? 200 : 403).end(allowed ? options.secretKeyHalf : undefined);
  } else if (isShortAddress(url) && isToken(url.searchParams.get('tkn'), options.token)) {
    url.searchParams.set('folder', options.folder);
    response.writeHead(302, { location: url.pathname + url.search }).end();
  } else {
    passOn(incoming, response, options.serverPort);
  }
}

function isShortAddress(url: URL): boolean {
  const opens = ['folder', 'workspace', 'ew'].some((name) => url.searchParams.has(name));
  return url.pathname === '/' && !opens;
}

function passOn(incoming: IncomingMessage, response: ServerResponse, serverPort: number): void {
  const { method, url, headers } = incoming;
  const onward = request({ host: '127.0.0.1', port: serverPort, method, path: url, headers }, (reply) => {
    const cookies = [...(reply.headers['set-cookie'] ?? []), KEY_COOKIE];
    response.writeHead(reply.statusCode ?? 502, { ...reply.headers, 'set-cookie': cookies });
    reply.pipe(response);
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  incoming.pipe(onward);
}

/** A WebSocket: the head of the request as it came, then bytes both ways. */
function passOnSocket(incoming: IncomingMessage, socket: Socket, head: Buffer, serverPort: number): void {
  if (!isLoopbackName(incoming.headers.host)) {
    socket.destroy();
    return;
  }
  const onward = connect(serverPort, '127.0.0.1', () => {
    const headers = Array.from({ length: incoming.rawHeaders.length / 2 }, (_, index) =>
      incoming.rawHeaders.slice(index * 2, index * 2 + 2).join(': '),
    );
    onward.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
    onward.write(head);
    onward.pipe(socket);
    socket.pipe(onward);
  });
  for (const [one, other] of [
    [socket, onward],
    [onward, socket],
  ] as const) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
}

/** A name that a foreign site has pointed at this machine comes as another one. */
function isLoopbackName(host: string | undefined): boolean {
  return host !== undefined && /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host);
}

function cookie(incoming: IncomingMessage, name: string): string | undefined {
  const pairs = (incoming.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

function isToken(given: string | null | undefined, token: string): boolean {
  const [left, right] = [Buffer.from(given ?? ''), Buffer.from(token)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function listen(server: Server, { port, ifTaken }: FrontDoorOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') {
        reject(error);
      } else if (ifTaken === 'fail') {
        reject(new SetupError(`Port ${port} is taken. Choose another one with --port, or none.`));
      } else {
        server.once('error', reject);
        server.listen(0, '127.0.0.1', resolve);
      }
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}
