/** Turns what a model server answers instead of text into one `ReaperError`: the only place that classifies statuses. */
import { type ErrorKind, ReaperError, type ReaperErrorOptions } from '../base/errors.ts';
import type { Credential } from './credential.ts';
import { retryAfterFromBody, retryAfterFromHeaders } from './retry-after.ts';

/** Who was asked, for the message. A `WireCall` or `ProbeCall` fits. */
export interface ErrorContext {
  readonly baseUrl: string;
  readonly model: string | undefined;
  /** Only to cut it out of what the server says. */
  readonly credential: Credential | undefined;
}

/**
 * The error for a response that is not 2xx. `bodyText` may be anything, an HTML page included; for an SDK's error pass its
 * JSON again. The classes are those of facts/router §3.1 (what retries, what is money, what is the key, what is the request).
 */
export function errorFromResponse(
  status: number,
  headers: Headers,
  bodyText: string,
  context: ErrorContext,
): ReaperError {
  const payload = parseJson(bodyText);
  const details = embeddedError(payload) ??
    bareMessage(payload) ?? { words: [], message: plainText(bodyText), status: undefined };
  const retryAfterMs = retryAfterFromHeaders(headers) ?? retryAfterFromBody(payload);
  return build(status, details, context, {
    ...retryableFromHeader(headers),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/**
 * The error that a parsed JSON payload carries inside a 200 (`{"error": ...}`, Anthropic's `{"type": "error"}`),
 * or `undefined` if it carries none.
 */
export function errorInPayload(payload: unknown, context: ErrorContext): ReaperError | undefined {
  const details = embeddedError(payload);
  if (details === undefined) return undefined;
  const retryAfterMs = retryAfterFromBody(payload);
  return build(details.status, details, context, retryAfterMs === undefined ? {} : { retryAfterMs });
}

/** The `ReaperError` inside whatever an SDK threw around it, or `undefined`. */
export function reaperErrorWithin(error: unknown): ReaperError | undefined {
  let current: unknown = error;
  // Chains are short; the bound is against a cycle.
  for (let depth = 0; depth < 8 && current instanceof Error; depth++) {
    if (current instanceof ReaperError) return current;
    current = current.cause;
  }
  return undefined;
}

/** Host and port of a URL for messages; never the path, the query or credentials. */
export function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return 'an invalid URL';
  }
}

/** Text from a server made fit for a message: one line, short, and without the key. */
export function cleanServerText(text: string, credential: Credential | undefined): string {
  const secret = credential?.secret ?? '';
  const withoutKey = secret.length < 4 ? text : text.replaceAll(secret, '…');
  // OpenAI and others echo the key with its middle masked: `sk-abc***xyz`.
  const oneLine = withoutKey
    .replaceAll(/\S*\*{3,}\S*/g, '…')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return oneLine.length <= 300 ? oneLine : `${oneLine.slice(0, 299)}…`;
}

interface ErrorDetails {
  /** Lower-case codes and types, as the server gave them. */
  readonly words: readonly string[];
  readonly message: string;
  /** The status that the payload itself names. */
  readonly status: number | undefined;
}

// Codes that mean "no money": OpenAI, Azure, Anthropic, DeepSeek, Mistral, OpenRouter.
const MONEY =
  /insufficient_quota|insufficient.balance|insufficient.credits|credit.balance|billing_hard_limit|billing_not_active|spend_limit|payment.required/;
const TOO_LONG =
  /context_length_exceeded|exceed_context_size|string_above_max_length|request_too_large|maximum context length|prompt is too long|too many (?:input )?tokens|exceeds? the (?:available |maximum |model'?s )?context/;
// OpenAI's `invalid_prompt` is one that its safety rules do not let through.
const REFUSED =
  /content_filter|content_policy|policy_violation|bio_policy|invalid_prompt|responsibleaipolicy|safety_violation/;
const CREDENTIAL = /authentication_error|invalid_api_key|permission_error|permission_denied|unauthenticated/;
const RATE = /rate_limit|rate limit|too_many_requests|resource_exhausted|throttl/;
const OVERLOADED = /overloaded|server_error|api_error|internal|unavailable|capacity/;
const NO_MODEL = /model_not_found|not_found_error|model .{0,200}not found|does not exist|unknown model/;
const TIMEOUT = /timeout_error|deadline_exceeded|timed? ?out/;

function classify(status: number | undefined, details: ErrorDetails): ErrorKind {
  const all = `${details.words.join(' ')} ${details.message.toLowerCase()}`;
  const words = details.words.join(' ');
  if (status === 402 || MONEY.test(all)) return 'quota';
  // Gemini says 400 to a wrong key.
  if (status === 400 && /api key (?:not valid|expired)|api_key_invalid/.test(all)) return 'auth';
  if (status === 401 || status === 403) return REFUSED.test(words) ? 'refused' : 'auth';
  if (status === 407) return 'network';
  if (status === 413) return 'too-long';
  if (status === 429) return 'rate-limit';
  if (status === 408 || status === 504) return 'timeout';
  if (status === 409 || status === 425 || (status !== undefined && status >= 500)) {
    // A server that cannot take so long a prompt may say so with a 500 (llama.cpp, Ollama): trying again will not help.
    return TOO_LONG.test(all) ? 'too-long' : 'overloaded';
  }
  if (TOO_LONG.test(all)) return 'too-long';
  if (REFUSED.test(words)) return 'refused';
  if (status === 404 || NO_MODEL.test(all)) return 'invalid-config';
  if (status !== undefined && status >= 300 && status < 400) return 'invalid-config';
  if (status !== undefined && status >= 400) return 'bad-response';
  if (CREDENTIAL.test(words)) return 'auth';
  if (RATE.test(words)) return 'rate-limit';
  if (TIMEOUT.test(words)) return 'timeout';
  return OVERLOADED.test(words) ? 'overloaded' : 'bad-response';
}

function build(
  status: number | undefined,
  details: ErrorDetails,
  context: ErrorContext,
  options: ReaperErrorOptions,
): ReaperError {
  const kind = classify(status, details);
  const message = messageFor(kind, status, details, context);
  // The proxy will say the same again until the user acts.
  const retryable = status === 407 ? { retryable: false } : {};
  return new ReaperError(kind, message, { ...retryable, ...options, ...(status === undefined ? {} : { status }) });
}

function messageFor(kind: ErrorKind, status: number | undefined, details: ErrorDetails, context: ErrorContext): string {
  const host = hostOf(context.baseUrl);
  const code = status === undefined ? '' : ` (HTTP ${status})`;
  const said = cleanServerText(details.message, context.credential);
  const quote = said === '' ? '' : ` It says: ${said}`;
  switch (kind) {
    case 'auth':
      if (context.credential?.type === 'access-token') {
        return `${host} did not accept the sign-in${code}. Sign in again with “Reaper: Sign In”, or have the account allowed to use the model.${quote}`;
      }
      return context.credential === undefined
        ? `${host} asks for an API key${code}. Set it with “Reaper: Set API Key”.`
        : `${host} did not accept the API key${code}. Set a valid one with “Reaper: Set API Key”.${quote}`;
    case 'quota':
      return `The account at ${host} has no credit or quota left${code}. Top it up there, or choose another provider.${quote}`;
    case 'rate-limit':
      return `${host} limits how often it may be asked${code}. It is asked again later.${quote}`;
    case 'overloaded':
      return `${host} cannot answer at the moment${code}.${quote}`;
    case 'timeout':
      return `${host} took too long to answer${code}.${quote}`;
    case 'too-long':
      return `The request is too long for ${modelAt(context, host)}${code}.${quote}`;
    case 'refused':
      return `${host} refused to answer${code}.${quote}`;
    case 'invalid-config':
      return status === 404 || status === undefined || status >= 400
        ? `${host} does not know ${context.model === undefined ? 'this address' : `the model ${context.model}, or the address is wrong`}${code}. Check the provider's base URL and model in the settings.${quote}`
        : `${host} redirects elsewhere${code}. Set the provider's base URL to the final address.`;
    case 'network':
      return `A proxy in front of ${host} asks for a sign-in${code}. Check the settings http.proxy and http.proxyAuthorization.`;
    case 'bad-response':
    case 'budget':
    case 'privacy':
    case 'cancelled':
      return `${host} did not accept the request${code}.${quote}`;
  }
}

function modelAt(context: ErrorContext, host: string): string {
  return context.model === undefined ? host : `${context.model} at ${host}`;
}

/** Both the OpenAI and the Anthropic SDK let the server decide before any status rule. */
function retryableFromHeader(headers: Headers): ReaperErrorOptions {
  switch (headers.get('x-should-retry')) {
    case 'true':
      return { retryable: true };
    case 'false':
      return { retryable: false };
    default:
      return {};
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `{error: {message, type, code}}`, `{error: "..."}`, `[{error}]` (Gemini), `{type: 'error'}`, `{object: 'error'}` (vLLM). */
function embeddedError(payload: unknown): ErrorDetails | undefined {
  const body: unknown = Array.isArray(payload) ? payload[0] : payload;
  if (!isRecord(body)) return undefined;
  const error = body['error'];
  if (typeof error === 'string' && error !== '') {
    return { words: wordsOf(body), message: textOf(body['message']) || error, status: statusIn(body) };
  }
  if (isRecord(error)) {
    const message = textOf(error['message']) || textOf(error['detail']) || textOf(body['message']);
    return { words: wordsOf(error), message, status: statusIn(error) };
  }
  if (body['object'] === 'error' || body['type'] === 'error') {
    return { words: wordsOf(body), message: textOf(body['message']), status: statusIn(body) };
  }
  return undefined;
}

/** What only a response that failed may be read as: `{message}` (Mistral), `{detail}` (FastAPI). */
function bareMessage(payload: unknown): ErrorDetails | undefined {
  if (!isRecord(payload)) return undefined;
  const message = textOf(payload['message']) || textOf(payload['detail']);
  return message === '' ? undefined : { words: wordsOf(payload), message, status: statusIn(payload) };
}

function wordsOf(record: Readonly<Record<string, unknown>>): readonly string[] {
  const inner = record['innererror'];
  return [record['code'], record['type'], record['status'], isRecord(inner) ? inner['code'] : undefined]
    .filter((word): word is string => typeof word === 'string')
    .map((word) => word.toLowerCase());
}

function statusIn(record: Readonly<Record<string, unknown>>): number | undefined {
  for (const value of [record['status'], record['code'], record['status_code']]) {
    const number = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && number >= 400 && number < 600) return number;
  }
  return undefined;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  // Mistral puts what FastAPI says into its message.
  if (isRecord(value)) return Array.isArray(value['detail']) ? textOf(value['detail']) : '';
  // FastAPI (vLLM, LiteLLM) puts a list of objects here.
  return Array.isArray(value) ? JSON.stringify(value).slice(0, 400) : '';
}

/** A page from a proxy or a captive portal says nothing that a user could read in one line. */
function plainText(body: string): string {
  return /^\s*</.test(body) ? '' : body.slice(0, 1000);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
