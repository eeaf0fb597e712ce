/** A model server on 127.0.0.1 that answers as a test says and tells what it was asked. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FimInput } from '../../../src/router/model-request.ts';
import type { StreamPart } from '../../../src/router/stream-part.ts';
import type { OpenExchange, ProbeCall, WireCall } from '../../../src/router/wire.ts';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: unknown;
  /** Resolves when the connection is gone or the answer is complete: `true` if it was complete. */
  readonly ended: Promise<boolean>;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Written one by one; an async iterable may wait between them. */
  readonly chunks?: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;
  readonly json?: unknown;
  /** Nothing is sent before this, not even headers. */
  readonly after?: Promise<void>;
  /** How it ends after the chunks: properly, not at all, or by breaking the connection. */
  readonly end?: 'end' | 'hang' | 'break';
}

export interface Loopback {
  readonly url: string;
  readonly received: readonly Received[];
  /** Sockets that were opened so far. */
  readonly connections: number;
  readonly close: () => Promise<void>;
}

export type Responder = (request: Received) => Reply;

export async function startLoopback(respond: Responder): Promise<Loopback> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const text = Buffer.concat(pieces).toString();
      const ended = new Promise<boolean>((resolve) => {
        response.on('close', () => resolve(response.writableFinished));
      });
      const { method = '', url: path = '', headers } = request;
      const asked: Received = { method, path, headers, text, body: text === '' ? undefined : JSON.parse(text), ended };
      received.push(asked);
      void write(response, respond(asked));
    });
  });
  let connections = 0;
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    get connections() {
      return connections;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function write(response: ServerResponse, reply: Reply): Promise<void> {
  await reply.after;
  if (response.destroyed) return;
  const type = reply.json === undefined ? {} : { 'content-type': 'application/json' };
  response.writeHead(reply.status ?? 200, { ...type, ...reply.headers });
  response.flushHeaders();
  const chunks = reply.json === undefined ? (reply.chunks ?? []) : [JSON.stringify(reply.json)];
  for await (const chunk of chunks) {
    if (response.destroyed) return;
    response.write(chunk);
  }
  if (reply.end === 'break') response.destroy();
  else if (reply.end !== 'hang') response.end();
}

/** The chunks of a recorded stream: one a line; `␤` is a line break inside one. */
export function recorded(name: string): readonly string[] {
  const lineEnd = name.endsWith('.sse') ? '\n\n' : '\n';
  return recordedLines(name).map((line) => line.replaceAll('␤', '\n') + lineEnd);
}

export function recordedLines(name: string): readonly string[] {
  const text = readFileSync(new URL(`../../fixtures/streams/${name}`, import.meta.url), 'utf8');
  return text.split('\n').filter((line) => line !== '');
}

/** A recorded stream as a whole answer. */
export function recordedReply(name: string, rest: Omit<Reply, 'chunks'> = {}): Reply {
  const type = name.endsWith('.sse') ? 'text/event-stream' : 'application/x-ndjson';
  return { headers: { 'content-type': type }, chunks: recorded(name), ...rest };
}

export const hole: FimInput = {
  type: 'fim',
  path: 'src/area.ts',
  language: 'typescript',
  prefix: 'function area(width, height) {\n  return wid',
  suffix: ';\n}\n',
  snippets: [],
};

export const otherFile = { path: 'src/unit.ts', text: 'export const unit = 1;\n' };

const uncounted: OpenExchange = () => ({ sent: () => undefined, received: () => undefined, end: () => undefined });

export function wireCall(url: string, over: Partial<WireCall> = {}): WireCall {
  return {
    baseUrl: url,
    model: 'some-model',
    credential: undefined,
    options: {},
    headers: {},
    input: hole,
    limits: { maxOutputTokens: 64, stop: [] },
    fim: { type: 'native' },
    purpose: 'completion',
    fetch: globalThis.fetch,
    exchange: uncounted,
    signal: new AbortController().signal,
    ...over,
  };
}

export function probeCall(url: string, over: Partial<ProbeCall> = {}): ProbeCall {
  return {
    baseUrl: url,
    model: undefined,
    credential: undefined,
    options: {},
    headers: {},
    fetch: globalThis.fetch,
    exchange: uncounted,
    signal: new AbortController().signal,
    ...over,
  };
}

export async function collect(parts: AsyncIterable<StreamPart>): Promise<readonly StreamPart[]> {
  const all: StreamPart[] = [];
  for await (const part of parts) all.push(part);
  return all;
}

export function textOf(parts: readonly StreamPart[]): string {
  return parts.map((part) => (part.type === 'text-delta' ? part.text : '')).join('');
}

/** What a server got, without what every HTTP client sends. */
export function askedOf(request: Received | undefined): object {
  const ignored = [
    'host',
    'connection',
    'accept-language',
    'sec-fetch-mode',
    'user-agent',
    'accept-encoding',
    'content-length',
  ];
  const headers = Object.fromEntries(
    Object.entries(request?.headers ?? {}).filter(([name]) => !ignored.includes(name)),
  );
  return { method: request?.method, path: request?.path, headers, body: request?.body };
}

export function bodyOf(request: Received | undefined): Readonly<Record<string, unknown>> {
  return (request?.body ?? {}) as Readonly<Record<string, unknown>>;
}

export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

/** Something that one side waits for and the other one lets happen. */
export function gate(): Gate {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}
