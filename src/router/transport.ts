/** The one way to the network: asks the egress policy, counts bytes, names failures, and follows nobody elsewhere. */
import { ReaperError } from '../base/errors.ts';
import type { Egress, EgressRequest } from './egress.ts';
import { hostOf } from './http-errors.ts';
import { errorFromFetch, isConnectionFailure } from './network-errors.ts';
import type { OpenExchange } from './wire.ts';

export interface TransportOptions {
  /** VS Code's patched `globalThis.fetch` in the extension. */
  readonly fetch: typeof globalThis.fetch;
  readonly egress: Egress;
  /** Told of every response. */
  readonly onAnswered?: (url: string) => void;
}

export interface Caller {
  readonly providerId: string;
  readonly purpose: EgressRequest['purpose'];
  /** Ends every exchange of this caller, also if the wire forgets to pass it on. */
  readonly signal: AbortSignal;
  /** Told of every response, whatever its status: its headers say how much may still be asked. */
  readonly onResponse?: (headers: Headers) => void;
}

/** `fetch` for one attempt or probe, with what went over it. */
export interface MeteredFetch {
  readonly fetch: typeof globalThis.fetch;
  readonly exchange: OpenExchange;
  readonly bytes: { readonly sent: number; readonly received: number };
  /** Writes the egress entries of bodies that were never read to their end. */
  close(): void;
}

export type Transport = (caller: Caller) => MeteredFetch;

export function createTransport(options: TransportOptions): Transport {
  // Origins that answered lately: a kept-alive socket may have died since, which the next request finds out.
  const answered = new Set<string>();
  return (caller) => createMeteredFetch(options, caller, answered);
}

interface Exchange {
  request: EgressRequest;
  bytesReceived: number;
  status: number | undefined;
}

function createMeteredFetch(options: TransportOptions, caller: Caller, answered: Set<string>): MeteredFetch {
  const open = new Set<Exchange>();
  const bytes = { sent: 0, received: 0 };

  function begin(url: string, bytesSent: number): Exchange {
    const request: EgressRequest = { url, purpose: caller.purpose, providerId: caller.providerId, bytesSent };
    options.egress.check(request);
    const exchange: Exchange = { request, bytesReceived: 0, status: undefined };
    open.add(exchange);
    bytes.sent += bytesSent;
    return exchange;
  }

  function end(exchange: Exchange): void {
    if (open.delete(exchange)) {
      const { request, bytesReceived, status } = exchange;
      options.egress.record({ ...request, bytesReceived, status });
    }
  }

  async function send(url: string, init: RequestInit, bytesSent: number, mayRetry: boolean): Promise<Response> {
    const exchange = begin(url, bytesSent);
    const origin = originOf(url);
    try {
      const response = await options.fetch(url, init);
      answered.add(origin);
      exchange.status = response.status;
      options.onAnswered?.(url);
      caller.onResponse?.(response.headers);
      return received(response, exchange);
    } catch (error) {
      end(exchange);
      if (init.signal?.aborted === true || error instanceof ReaperError) throw error;
      // One immediate retry, and only where the server was known to be there a moment ago.
      if (answered.delete(origin) && mayRetry && isConnectionFailure(error)) {
        return send(url, init, bytesSent, false);
      }
      throw errorFromFetch(error, url, 'connecting');
    }
  }

  function received(response: Response, exchange: Exchange): Response {
    if (isRedirect(response)) {
      throw redirectError(response, exchange, end);
    }
    if (response.body === null) {
      end(exchange);
      return response;
    }
    const body = countBody(response.body, {
      onBytes: (count) => {
        exchange.bytesReceived += count;
        bytes.received += count;
      },
      onEnd: () => end(exchange),
      translate: (error) => (caller.signal.aborted ? error : errorFromFetch(error, exchange.request.url, 'streaming')),
    });
    return new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers });
  }

  return {
    fetch: async (input, init = {}) => {
      const url = input instanceof Request ? input.url : String(input);
      const signal = joinSignals(caller.signal, init.signal ?? (input instanceof Request ? input.signal : undefined));
      signal.throwIfAborted();
      if (!URL.canParse(url)) throw errorFromFetch(new TypeError('Invalid URL'), url, 'connecting');
      const base = input instanceof Request ? await requestInit(input) : {};
      const body = init.body ?? base.body;
      const size = sizeOf(body);
      // Redirects are not followed: where they lead would have to be asked about again, and POST would become GET.
      return send(url, { ...base, ...init, signal, redirect: 'manual' }, size ?? 0, size !== undefined);
    },
    exchange: (url) => {
      caller.signal.throwIfAborted();
      const exchange = begin(url, 0);
      return {
        sent(count) {
          exchange.request = { ...exchange.request, bytesSent: exchange.request.bytesSent + count };
          bytes.sent += count;
        },
        received(count) {
          exchange.bytesReceived += count;
          bytes.received += count;
        },
        end(status) {
          exchange.status = status;
          end(exchange);
        },
      };
    },
    bytes,
    close: () => {
      for (const exchange of open) end(exchange);
    },
  };
}

interface BodyObserver {
  onBytes(count: number): void;
  onEnd(): void;
  translate(error: unknown): unknown;
}

function countBody(body: ReadableStream<Uint8Array>, observer: BodyObserver): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) {
            observer.onEnd();
            controller.close();
          } else {
            observer.onBytes(value.byteLength);
            controller.enqueue(value);
          }
        } catch (error) {
          observer.onEnd();
          controller.error(observer.translate(error));
        }
      },
      cancel(reason) {
        observer.onEnd();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

function isRedirect(response: Response): boolean {
  // A browser's fetch hides the status of a redirect that it may not follow.
  return (
    response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400 && response.status !== 304)
  );
}

function redirectError(response: Response, exchange: Exchange, end: (exchange: Exchange) => void): ReaperError {
  response.body?.cancel().catch(() => undefined);
  end(exchange);
  const from = hostOf(exchange.request.url);
  const location = response.headers.get('location');
  const target = location === null ? 'elsewhere' : `to ${targetOf(location, exchange.request.url)}`;
  return new ReaperError(
    'invalid-config',
    `${from} redirects ${target}; redirects are not followed. If that address is right, set it as the provider's base URL.`,
    { status: response.status },
  );
}

/** Scheme and host only: paths and queries of redirects can carry tokens. */
function targetOf(location: string, base: string): string {
  return URL.canParse(location, base) ? new URL(location, base).origin : 'an invalid address';
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}

function joinSignals(caller: AbortSignal, own: AbortSignal | null | undefined): AbortSignal {
  return own === null || own === undefined || own === caller ? caller : AbortSignal.any([caller, own]);
}

async function requestInit(request: Request): Promise<RequestInit> {
  const body = request.body === null ? {} : { body: new Uint8Array(await request.arrayBuffer()) };
  return { method: request.method, headers: request.headers, ...body };
}

/** Bytes of a body that can be sent again; `undefined` for a stream or a form. */
function sizeOf(body: RequestInit['body']): number | undefined {
  if (body === null || body === undefined) return 0;
  if (typeof body === 'string') return Buffer.byteLength(body);
  if (body instanceof URLSearchParams) return Buffer.byteLength(body.toString());
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return body.byteLength;
  return undefined;
}
