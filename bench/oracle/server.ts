/** A model server on loopback with a fixed time to the first token: llama.cpp's `/infill` and OpenAI's `/v1/completions`. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type OracleAnswer, type OracleModelOptions, answerPrompt, tokenise } from './model.ts';
import { type ApiRequest, readApiRequest, staticAnswer, streamChunk, wholeAnswer } from './protocol.ts';
import { createSlots } from './slots.ts';

export interface OracleOptions extends OracleModelOptions {
  /** From the start of work on a request to its first token. */
  readonly ttftMs: number;
  readonly tokenMs: number;
  /** Requests worked on at once; others wait in line. */
  readonly slots: number;
}

/** One request as the server saw it. Times are milliseconds since the Unix epoch, with fractions, comparable across processes. */
export interface OracleRequest {
  readonly id: number;
  readonly url: string;
  readonly arrivedAt: number;
  startedAt: number | undefined;
  firstTokenAt: number | undefined;
  /** When the end of the first useful line was sent. */
  firstLineAt: number | undefined;
  finishedAt: number | undefined;
  abortedAt: number | undefined;
  readonly prefix: string;
  readonly promptCharacters: number;
  /** `n_predict` or `max_tokens` of nothing: the client warms the server's prompt cache. */
  readonly warmUp: boolean;
  readonly offset: number | undefined;
  readonly verdict: OracleAnswer['verdict'];
  tokensSent: number;
  textSent: string;
}

export interface OracleServer {
  readonly url: string;
  readonly requests: readonly OracleRequest[];
  configure(change: Partial<OracleOptions>): void;
  /** Forgets the requests so far and gives them back. */
  takeRequests(): readonly OracleRequest[];
  close(): Promise<void>;
}

/** Takes new options and gives the requests so far: for benches that run the oracle in a process of its own. */
export const CONTROL_PATH = '/oracle/control';

export const DEFAULT_ORACLE: OracleOptions = {
  targets: [],
  maxLines: 4,
  wrongShare: 0,
  unpredictableShare: 0,
  ttftMs: 200,
  tokenMs: 8,
  slots: 4,
};

export function wallNow(): number {
  return performance.timeOrigin + performance.now();
}

export async function startOracle(initial: Partial<OracleOptions>, port = 0): Promise<OracleServer> {
  let options: OracleOptions = { ...DEFAULT_ORACLE, ...initial };
  let requests: OracleRequest[] = [];
  let nextId = 1;
  const sockets = new Set<Socket>();
  const slots = createSlots(() => options.slots);

  const server: Server = createServer((request, response) => {
    void handle(request, response).catch((error: unknown) => {
      response.writeHead(500, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { message: String(error) } }));
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const arrivedAt = wallNow();
    const body = await readBody(request);
    if (request.url === CONTROL_PATH) {
      // From the process that started this one: new options in, the requests so far out.
      options = { ...options, ...(JSON.parse(body) as Partial<OracleOptions>) };
      response.end(JSON.stringify(requests));
      requests = [];
      return;
    }
    const api = readApiRequest(request.url ?? '/', body);
    if (api === undefined) {
      const known = staticAnswer(request.url ?? '/', options.slots);
      response.writeHead(known === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify(known ?? { error: { code: 404, message: 'File Not Found', type: 'not_found_error' } }),
      );
      return;
    }
    if (api.type === 'refused') {
      response.writeHead(api.status, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ error: { code: api.status, message: api.message, type: 'invalid_request_error' } }),
      );
      return;
    }
    const answer = answerPrompt(api.prompt, options);
    const record: OracleRequest = {
      id: nextId++,
      url: api.path,
      arrivedAt,
      startedAt: undefined,
      firstTokenAt: undefined,
      firstLineAt: undefined,
      finishedAt: undefined,
      abortedAt: undefined,
      prefix: api.prompt.prefix,
      promptCharacters: body.length,
      warmUp: api.maxTokens === 0,
      offset: answer.offset,
      verdict: answer.verdict,
      tokensSent: 0,
      textSent: '',
    };
    requests.push(record);
    response.on('close', () => {
      if (record.finishedAt === undefined) {
        record.abortedAt = wallNow();
      }
    });
    const release = await slots.acquire(response);
    if (release === undefined) {
      return;
    }
    record.startedAt = wallNow();
    response.on('close', release);
    stream(api, answer, record, response);
  }

  function stream(api: ApiRequest, answer: OracleAnswer, record: OracleRequest, response: ServerResponse): void {
    const { ttftMs, tokenMs } = options;
    const tokens = tokenise(cutAtStop(answer.text, api.stop)).slice(0, api.maxTokens);
    const startedAt = performance.now();
    if (api.stream) {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
      response.flushHeaders();
    }
    const dueAt = (index: number): number => startedAt + ttftMs + index * tokenMs;
    const step = (): void => {
      if (record.abortedAt !== undefined || response.destroyed) {
        return;
      }
      while (record.tokensSent < tokens.length && performance.now() >= dueAt(record.tokensSent)) {
        send(tokens[record.tokensSent] ?? '');
      }
      if (record.tokensSent < tokens.length) {
        setTimeout(step, Math.max(0, dueAt(record.tokensSent) - performance.now()));
        return;
      }
      finish();
    };
    const send = (token: string): void => {
      record.firstTokenAt ??= wallNow();
      record.tokensSent++;
      record.textSent += token;
      if (record.firstLineAt === undefined && /\S[^\n]*\n/.test(record.textSent)) {
        record.firstLineAt = wallNow();
      }
      if (api.stream) {
        response.write(streamChunk(api, token, undefined));
      }
    };
    const finish = (): void => {
      record.finishedAt = wallNow();
      record.firstLineAt ??= record.finishedAt;
      const reason = tokens.length >= api.maxTokens ? 'length' : 'stop';
      if (api.stream) {
        response.end(streamChunk(api, '', reason));
      } else {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(wholeAnswer(api, record.textSent, reason));
      }
    };
    setTimeout(step, api.maxTokens === 0 ? 0 : ttftMs);
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get requests() {
      return requests;
    },
    configure: (change) => {
      options = { ...options, ...change };
    },
    takeRequests: () => {
      const taken = requests;
      requests = [];
      return taken;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) {
          socket.destroy();
        }
      }),
  };
}

function cutAtStop(text: string, stops: readonly string[]): string {
  let end = text.length;
  for (const stop of stops) {
    const found = stop === '' ? -1 : text.indexOf(stop);
    if (found >= 0) {
      end = Math.min(end, found);
    }
  }
  return text.slice(0, end);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
