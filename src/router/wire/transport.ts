/** One HTTP exchange with a model server: headers, status, body text. Every failure becomes a `ReaperError` here. */
import { ReaperError } from '../../base/errors.ts';
import type { Credential } from '../credential.ts';
import { cleanServerText, errorFromResponse, hostOf, reaperErrorWithin } from '../http-errors.ts';
import { type ExchangePhase, errorFromFetch } from '../network-errors.ts';

/** Who is asked, and how. A `WireCall` or a `ProbeCall` fits. */
export interface Target {
  readonly baseUrl: string;
  readonly model: string | undefined;
  readonly credential: Credential | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: typeof globalThis.fetch;
  readonly signal: AbortSignal;
}

export interface Exchange {
  readonly url: URL;
  /** Sent as JSON with POST; `undefined` is a GET. */
  readonly body?: unknown;
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where an API key goes, if not as a bearer into `authorization`. The token of a sign-in always goes there. */
  readonly keyHeader?: string;
}

/** The response, if its status is 2xx; throws for everything else. The key travels in its one header only. */
export function send(target: Target, exchange: Exchange): Promise<Response> {
  const headers = new Headers({ accept: exchange.accept ?? 'application/json', ...exchange.headers });
  if (exchange.body !== undefined) headers.set('content-type', 'application/json');
  if (target.credential !== undefined) setCredential(headers, target.credential, exchange.keyHeader);
  addUserHeaders(headers, target);
  return exchangeOnce(target, exchange.url, {
    method: exchange.body === undefined ? 'GET' : 'POST',
    headers,
    ...(exchange.body === undefined ? {} : { body: JSON.stringify(exchange.body) }),
  });
}

function setCredential(headers: Headers, { type, secret }: Credential, keyHeader: string | undefined): void {
  if (type === 'api-key' && keyHeader !== undefined) headers.set(keyHeader, secret);
  else headers.set('authorization', `Bearer ${secret}`);
}

/** As `send`, for a request that an SDK has built. */
export async function exchangeOnce(target: Target, url: URL, init: RequestInit): Promise<Response> {
  if (target.signal.aborted) throw failure(target.signal.reason, target, 'connecting');
  let response: Response;
  try {
    // Redirects are not followed: the new host has not been checked against what the user allows.
    response = await target.fetch(url, { ...init, redirect: 'manual', signal: target.signal });
  } catch (error) {
    throw failure(error, target, 'connecting');
  }
  if (response.ok) return response;
  const text = await beginningOf(response, target);
  // A browser's fetch hides the status of a redirect that it was told not to follow.
  const status = response.type === 'opaqueredirect' ? 302 : response.status;
  throw errorFromResponse(status, response.headers, text, target);
}

/** The body of a small JSON answer; `bad-response` if it is none, or larger than 4 MiB. */
export async function readJson(response: Response, target: Target): Promise<unknown> {
  // OpenRouter's list of models is about 1 MiB.
  const limit = 4 * 1024 * 1024;
  let text = '';
  for await (const chunk of textChunks(response, target)) {
    text += chunk;
    if (text.length > limit)
      throw new ReaperError('bad-response', `${hostOf(target.baseUrl)} sent an answer that is too large.`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw notTheProtocol(response, target, error);
  }
}

/**
 * The body as text, decoded across chunk borders. Leaving the loop cancels the body, which closes the socket.
 * Bytes that are not UTF-8 become U+FFFD.
 */
export async function* textChunks(response: Response, target: Target): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  for await (const bytes of byteChunks(response, target)) {
    const text = decoder.decode(bytes, { stream: true });
    if (text !== '') yield text;
  }
  const rest = decoder.decode();
  if (rest !== '') yield rest;
}

/** The body as it comes. Leaving the loop cancels it, which closes the socket. */
export async function* byteChunks(response: Response, target: Target): AsyncGenerator<Uint8Array, void, undefined> {
  if (response.body === null) return;
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (target.signal.aborted) throw failure(target.signal.reason, target, 'streaming');
      if (done) break;
      yield value;
    }
  } catch (error) {
    throw failure(error, target, 'streaming');
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

/** For an answer that is 2xx but not what was asked for: names what came and the likely way out. */
export function notTheProtocol(response: Response, target: Target, cause?: unknown): ReaperError {
  const type = response.headers.get('content-type')?.split(';')[0]?.trim() ?? 'no content type';
  const what = type === 'text/html' ? 'a web page' : 'something that is no answer of a model';
  return new ReaperError(
    'bad-response',
    `${hostOf(target.baseUrl)} sent ${what} (${cleanServerText(type, target.credential)}). Check the provider's base URL in the settings.`,
    cause === undefined ? {} : { cause },
  );
}

/** The answer ended before the protocol's last word. */
export function cutOff(target: Target): ReaperError {
  return new ReaperError('network', `The answer from ${hostOf(target.baseUrl)} was cut off before its end.`);
}

/** The user's own headers come last, so that a gateway's special authorisation can take the place of ours. */
export function addUserHeaders(headers: Headers, target: Pick<Target, 'headers' | 'baseUrl'>): void {
  for (const [name, value] of Object.entries(target.headers)) {
    try {
      headers.set(name, value);
    } catch {
      throw new ReaperError(
        'invalid-config',
        `The header “${name}” for ${hostOf(target.baseUrl)} has a name or a value that HTTP does not allow. Correct it in the settings.`,
      );
    }
  }
}

/** What a failed fetch or read means. An abort is `cancelled`, unless its reason says more (a deadline). */
function failure(error: unknown, target: Target, phase: ExchangePhase): ReaperError {
  if (target.signal.aborted) {
    return reaperErrorWithin(target.signal.reason) ?? new ReaperError('cancelled', 'Cancelled');
  }
  return reaperErrorWithin(error) ?? errorFromFetch(error, target.baseUrl, phase);
}

/** Enough of an error's body to read its message; never the rest of a stream that goes on. */
export async function beginningOf(response: Response, target: Target): Promise<string> {
  const limit = 64 * 1024;
  let text = '';
  try {
    for await (const chunk of textChunks(response, target)) {
      text += chunk;
      if (text.length >= limit) break;
    }
  } catch (error) {
    if (target.signal.aborted) throw error;
    // The status says enough.
  }
  return text.slice(0, limit);
}
