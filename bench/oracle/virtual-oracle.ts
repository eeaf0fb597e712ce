/** The oracle behind `fetch` in virtual time: the same answers and the same protocol, paced by a clock that moves when told. */
import type { Clock } from '../../src/base/clock.ts';
import { answerPrompt, tokenise } from './model.ts';
import { type ApiRequest, readApiRequest, staticAnswer, streamChunk } from './protocol.ts';
import { DEFAULT_ORACLE, type OracleOptions, type OracleRequest } from './server.ts';

export interface VirtualOracle {
  readonly fetch: typeof globalThis.fetch;
  readonly requests: readonly OracleRequest[];
  forget(): void;
}

export function createVirtualOracle(clock: Clock, change: Partial<OracleOptions>): VirtualOracle {
  const options: OracleOptions = { ...DEFAULT_ORACLE, ...change };
  const requests: OracleRequest[] = [];
  const waiting: (() => void)[] = [];
  let busy = 0;

  const acquire = (start: () => void): void => {
    if (busy < options.slots) {
      busy++;
      start();
    } else {
      waiting.push(start);
    }
  };
  const release = (): void => {
    const next = waiting.shift();
    if (next === undefined) {
      busy--;
    } else {
      next();
    }
  };

  const open = (api: ApiRequest, signal: AbortSignal | undefined): ReadableStream<Uint8Array> => {
    const answer = answerPrompt(api.prompt, options);
    const tokens = tokenise(answer.text).slice(0, api.maxTokens);
    const record: OracleRequest = {
      id: requests.length + 1,
      url: api.path,
      arrivedAt: clock.now(),
      startedAt: undefined,
      firstTokenAt: undefined,
      firstLineAt: undefined,
      finishedAt: undefined,
      abortedAt: undefined,
      prefix: api.prompt.prefix,
      promptCharacters: api.prompt.prefix.length + api.prompt.suffix.length,
      warmUp: api.maxTokens === 0,
      offset: answer.offset,
      verdict: answer.verdict,
      tokensSent: 0,
      textSent: '',
    };
    requests.push(record);
    let held = false;
    let over = false;
    const encoder = new TextEncoder();
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        const end = (): void => {
          over = true;
          if (held) {
            held = false;
            release();
          }
        };
        const abort = (): void => {
          if (!over) {
            record.abortedAt = clock.now();
            end();
            controller.error(signal?.reason);
          }
        };
        signal?.addEventListener('abort', abort, { once: true });
        const step = (): void => {
          if (over) {
            return;
          }
          const token = tokens[record.tokensSent];
          if (token === undefined) {
            record.finishedAt = clock.now();
            record.firstLineAt ??= clock.now();
            end();
            controller.enqueue(encoder.encode(streamChunk(api, '', 'stop')));
            controller.close();
            return;
          }
          record.firstTokenAt ??= clock.now();
          record.tokensSent++;
          record.textSent += token;
          if (/\S[^\n]*\n/.test(record.textSent)) {
            record.firstLineAt ??= clock.now();
          }
          controller.enqueue(encoder.encode(streamChunk(api, token, undefined)));
          clock.setTimeout(step, record.tokensSent < tokens.length ? options.tokenMs : 0);
        };
        acquire(() => {
          if (over) {
            release();
            return;
          }
          held = true;
          record.startedAt = clock.now();
          clock.setTimeout(step, options.ttftMs);
        });
      },
      cancel: () => {
        if (!over) {
          record.abortedAt = clock.now();
          over = true;
          if (held) {
            held = false;
            release();
          }
        }
      },
    });
  };

  return {
    requests,
    forget: () => {
      requests.length = 0;
    },
    fetch: async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : String(input));
      const body = typeof init?.body === 'string' ? init.body : '';
      init?.signal?.throwIfAborted();
      const api = readApiRequest(url.pathname, body);
      if (api === undefined || api.type === 'refused') {
        const known = api === undefined ? staticAnswer(url.pathname, options.slots) : undefined;
        const status = api === undefined ? (known === undefined ? 404 : 200) : api.status;
        return Response.json(known ?? { error: { code: status, message: 'refused', type: 'error' } }, { status });
      }
      const stream = open(api, init?.signal ?? undefined);
      return new Response(stream, { headers: { 'content-type': 'text/event-stream' } });
    },
  };
}
