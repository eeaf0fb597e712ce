/** Newline-delimited JSON as an async iterable. */
import { ReaperError } from '../../base/errors.ts';
import { errorInPayload, hostOf } from '../http-errors.ts';
import { type JsonRecord, asRecord, parseJson } from './json.ts';
import { cutOff, notTheProtocol, type Target, textChunks } from './transport.ts';

// As for server-sent events: far above any honest line.
const MAX_LINE_CHARACTERS = 1024 * 1024;

/** Throws `bad-response` for a line that is no JSON object, the error's own kind for an error inside the stream. */
export async function* jsonLines(response: Response, target: Target): AsyncGenerator<JsonRecord, void, undefined> {
  const type = response.headers.get('content-type')?.toLowerCase() ?? '';
  if (type.includes('html') || type.includes('xml')) {
    response.body?.cancel().catch(() => undefined);
    throw notTheProtocol(response, target);
  }
  let pending: string[] = [];
  let pendingLength = 0;
  for await (const chunk of textChunks(response, target)) {
    const pieces = chunk.split('\n');
    const last = pieces.pop() ?? '';
    for (const piece of pieces) {
      const line = [...pending, piece].join('').trim();
      pending = [];
      pendingLength = 0;
      if (line !== '') yield lineJson(line, target);
    }
    pending.push(last);
    pendingLength += last.length;
    if (pendingLength > MAX_LINE_CHARACTERS) {
      throw new ReaperError('bad-response', `${hostOf(target.baseUrl)} sent one line of more than 1 MiB.`);
    }
  }
  const rest = pending.join('').trim();
  if (rest === '') return;
  // A last line without its line break is either whole or the place where the connection broke.
  if (parseJson(rest) === undefined) throw cutOff(target);
  yield lineJson(rest, target);
}

function lineJson(line: string, target: Target): JsonRecord {
  const json = asRecord(parseJson(line));
  if (json === undefined) {
    throw new ReaperError('bad-response', `${hostOf(target.baseUrl)} sent a line that is not a JSON object.`);
  }
  const error = errorInPayload(json, target);
  if (error !== undefined) throw error;
  return json;
}
