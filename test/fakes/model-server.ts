/** A real HTTP server on loopback whose every answer is scripted, byte by byte if need be. */
import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Exchange {
  readonly request: ReceivedRequest;
  readonly response: ServerResponse;
  /** Status, headers and the whole body at once. */
  answer(status: number, headers: Readonly<Record<string, string>>, body?: string | Uint8Array): void;
  /** Begins a 200 stream. */
  begin(contentType?: string): void;
  write(data: string | Uint8Array): void;
  end(): void;
  /** Breaks the connection without an end. */
  cut(): void;
  /** Resolves when the client closed the connection. */
  readonly closedByClient: Promise<void>;
}

export type Script = (exchange: Exchange) => void | Promise<void>;

export interface ModelServer {
  readonly url: string;
  readonly port: number;
  readonly requests: readonly ReceivedRequest[];
  /** Connections that are open now, idle ones included. */
  readonly openSockets: number;
  readonly connections: number;
  /** The answer to everything from now on. */
  script: Script;
  /** Resolves when so many requests have come. */
  received(count: number): Promise<void>;
  /** Resolves when no connection is open any more. */
  allClosed(): Promise<void>;
  /** Resolves when no request is being answered any more. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export async function startModelServer(script: Script): Promise<ModelServer> {
  const requests: ReceivedRequest[] = [];
  const sockets = new Set<Socket>();
  const failures: unknown[] = [];
  let connections = 0;
  let answering = 0;
  let waiters: { readonly until: () => boolean; readonly resolve: () => void }[] = [];

  function check(): void {
    const due = waiters.filter(({ until }) => until());
    waiters = waiters.filter((waiter) => !due.includes(waiter));
    for (const { resolve } of due) resolve();
  }

  function when(until: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      waiters.push({ until, resolve });
      check();
    });
  }

  const server = createServer((message, response) => {
    answering++;
    response.on('close', () => {
      answering--;
      check();
    });
    handle(message, response).catch((error: unknown) => {
      failures.push(error);
      response.destroy();
    });
  });
  server.on('connection', (socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      check();
    });
  });

  async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    const request: ReceivedRequest = {
      method: message.method ?? '',
      path: message.url ?? '',
      headers: message.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    requests.push(request);
    check();
    const closedByClient = new Promise<void>((resolve) => {
      response.on('close', () => {
        if (!response.writableFinished) resolve();
      });
    });
    await modelServer.script({
      request,
      response,
      answer(status, headers, body = '') {
        response.writeHead(status, headers);
        response.end(body);
      },
      begin(contentType = 'application/x-ndjson') {
        response.writeHead(200, { 'content-type': contentType });
        response.flushHeaders();
      },
      write: (data) => void response.write(data),
      end: () => void response.end(),
      cut: () => void response.destroy(),
      closedByClient,
    });
  }

  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const modelServer: ModelServer = {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    get openSockets() {
      return sockets.size;
    },
    get connections() {
      return connections;
    },
    script,
    received: (count) => when(() => requests.length >= count),
    allClosed: () => when(() => sockets.size === 0),
    idle: () => when(() => answering === 0),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      assert.deepEqual(failures, [], 'a script of the model server failed');
    },
  };
  return modelServer;
}

/** A port on which nothing listens (it was free a moment ago). */
export async function closedPort(): Promise<number> {
  const server = await startModelServer(() => undefined);
  await server.close();
  return server.port;
}
