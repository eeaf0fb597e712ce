/** Server-sent events as an async iterable: bounded, and sure of what it reads. */
import { createParser } from 'eventsource-parser';
import { ReaperError } from '../../base/errors.ts';
import { errorInPayload, hostOf } from '../http-errors.ts';
import { parseJson } from './json.ts';
import { type Exchange, notTheProtocol, readJson, send, type Target, textChunks } from './transport.ts';

export interface ServerEvent {
  readonly event: string | undefined;
  readonly data: string;
}

// A single event of a model's answer has a few hundred bytes; 1 MiB is either a fault or an attack on our memory.
const MAX_EVENT_CHARACTERS = 1024 * 1024;

/**
 * Sends, and gives the events of the answer. Throws before the first one if the answer is no stream of events: an error inside a
 * 200, a web page.
 */
export async function openEvents(
  target: Target,
  exchange: Exchange,
): Promise<AsyncGenerator<ServerEvent, void, undefined>> {
  const response = await send(target, { ...exchange, accept: 'text/event-stream' });
  return serverEvents(response, target);
}

/** As `openEvents`, for a response that an SDK has fetched. */
export async function serverEvents(
  response: Response,
  target: Target,
): Promise<AsyncGenerator<ServerEvent, void, undefined>> {
  await expectEvents(response, target);
  return decode(response, target);
}

/** Comments and unknown fields are skipped; a last event without its blank line is still given. */
async function* decode(response: Response, target: Target): AsyncGenerator<ServerEvent, void, undefined> {
  const ready: ServerEvent[] = [];
  let tooLarge = false;
  const parser = createParser({
    maxBufferSize: MAX_EVENT_CHARACTERS,
    onEvent: ({ event, data }) => ready.push({ event, data }),
    onError: (error) => {
      tooLarge ||= error.type === 'max-buffer-size-exceeded';
      // Older llama.cpp sends `error: {…}` as a field of its own.
      if (error.field === 'error') ready.push({ event: 'error', data: `{"error":${error.value ?? '""'}}` });
    },
  });
  for await (const chunk of textChunks(response, target)) {
    parser.feed(chunk);
    yield* ready.splice(0);
    if (tooLarge) throw new ReaperError('bad-response', `${hostOf(target.baseUrl)} sent one piece of more than 1 MiB.`);
  }
  if (tooLarge) return;
  parser.feed('\n\n');
  yield* ready.splice(0);
}

/** The JSON in an event; `bad-response` if there is none, the error's own kind if it carries one. */
export function eventJson(data: string, target: Target): unknown {
  const json = parseJson(data);
  if (json === undefined) {
    throw new ReaperError('bad-response', `${hostOf(target.baseUrl)} sent a piece that is not JSON.`);
  }
  const error = errorInPayload(json, target);
  if (error !== undefined) throw error;
  return json;
}

async function expectEvents(response: Response, target: Target): Promise<void> {
  const type = response.headers.get('content-type')?.toLowerCase() ?? '';
  if (type.includes('json')) {
    // An error inside a 200 (LM Studio: "Unexpected endpoint … Returning 200 anyway"), or a server that cannot stream.
    const json = await readJson(response, target);
    throw errorInPayload(json, target) ?? notTheProtocol(response, target);
  }
  // Some servers send no type, or text/plain: the events will tell.
  if (type.includes('html') || type.includes('xml')) {
    response.body?.cancel().catch(() => undefined);
    throw notTheProtocol(response, target);
  }
}
