/** Takes the browser's answer on this machine (RFC 8252 §7.3): a server for one address, one request, one sign-in. */
// oxlint-disable-next-line no-restricted-imports -- A server; the rule is about clients.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { untilAborted } from '../../base/abort.ts';
import type { RedirectReceiver } from './sign-in-flow.ts';

export interface LoopbackTexts {
  readonly received: string;
  readonly refused: string;
}

const PATH = '/signed-in';
/** Answers have some 2,000 characters at most; longer ones get 431 from Node. */
const MAX_HEADER_BYTES = 16_384;
const REQUEST_TIMEOUT_MS = 10_000;

/** The page shows fixed text alone: nothing of what was sent comes back. */
const HEADERS = {
  'Content-Type': 'text/plain; charset=utf-8',
  'Content-Security-Policy': "default-src 'none'",
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  Connection: 'close',
};

export async function openLoopbackRedirect({ received, refused }: LoopbackTexts): Promise<RedirectReceiver> {
  let expected: { readonly state: string; resolve(answer: URL): void } | undefined;
  let origin = '';

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const reply = (status: number, text: string): void => {
      response.writeHead(status, HEADERS).end(text);
      // Whatever else comes on this connection is of no interest.
      request.resume();
    };
    // Another name in `Host` is a page somewhere that had its name point here.
    const url = `http://${request.headers.host ?? ''}` === origin ? parse(request.url ?? '', origin) : undefined;
    if (url === undefined || url.pathname !== PATH) {
      reply(404, refused);
    } else if (request.method !== 'GET') {
      reply(405, refused);
    } else if (expected === undefined || url.searchParams.getAll('state').join() !== expected.state) {
      // Not for us; the right answer may still come.
      reply(400, refused);
    } else {
      reply(200, received);
      expected.resolve(url);
      expected = undefined;
    }
  };
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: REQUEST_TIMEOUT_MS }, answer);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    redirectUri: origin + PATH,
    receive: (state, signal) =>
      untilAborted(
        new Promise<URL>((resolve) => {
          expected = { state, resolve };
        }),
        signal,
      ),
    dispose: () => {
      expected = undefined;
      // The page that was answered last is let go by itself: it asked to close.
      server.close();
      server.closeIdleConnections();
    },
  };
}

function parse(path: string, origin: string): URL | undefined {
  return path.startsWith('/') && URL.canParse(origin + path) ? new URL(origin + path) : undefined;
}
