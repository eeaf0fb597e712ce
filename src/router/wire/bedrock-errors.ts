/** What Amazon says instead of an answer: in the headers and body of a response, as a frame of the stream, or when it is not even asked. */
import { errorMessage, ReaperError } from '../../base/errors.ts';
import { cleanServerText, errorFromResponse, errorInPayload, hostOf } from '../http-errors.ts';
import { parseJson, textAt } from './json.ts';
import type { Target } from './transport.ts';

/** `secrets`: what the request was signed with; Amazon quotes parts of a request that it cannot verify. */
export function bedrockHttpError(
  response: Response,
  bodyText: string,
  target: Target,
  secrets: readonly string[],
): ReaperError {
  const { status, headers } = response;
  const payload = parseJson(bodyText);
  const type = (headers.get('x-amzn-errortype') ?? textAt(payload, '__type') ?? '').split(':')[0] ?? '';
  const said = textAt(payload, 'message') ?? textAt(payload, 'Message');
  if (said === undefined && type === '') return errorFromResponse(status, headers, without(bodyText, secrets), target);
  const message = without(said ?? '', secrets);
  if (status === 401 || status === 403) return authError(status, message, target);
  if (UNKNOWN_MODEL.test(message)) return payloadError('model_not_found', message, target);
  // The account's limit for this model, as opposed to its rate.
  if (/^ServiceQuotaExceeded/i.test(type)) return payloadError('insufficient_quota', message, target);
  // 424: the model failed, not the request.
  const actual = /^Throttling/i.test(type) ? 429 : status === 424 ? 503 : status;
  return errorFromResponse(actual, headers, JSON.stringify({ error: { type, message } }), target);
}

const UNKNOWN_MODEL =
  /model identifier is invalid|on-demand throughput|model .{0,200}(?:end of its life|does not exist)/i;

/** An exception inside the stream: `throttlingException`, `modelStreamErrorException`, … */
export function bedrockStreamError(name: string, payload: unknown, target: Target): ReaperError {
  const message = textAt(payload, 'originalMessage') ?? textAt(payload, 'message') ?? '';
  return payloadError(/^modelStreamError/i.test(name) ? 'server_error' : name, message, target);
}

/** What the SDK throws before anything is sent: it found no credentials, or could not use what it found. */
export function bedrockCredentialError(error: unknown, target: Target): ReaperError | undefined {
  const name = error instanceof Error ? error.name : '';
  if (!/Credential|Token|SSO|Profile/i.test(name)) return undefined;
  const said = cleanServerText(errorMessage(error), target.credential);
  return new ReaperError(
    'auth',
    `No AWS credentials were found on this machine. ${WAYS_OUT} The AWS SDK says: ${said}`,
  );
}

const WAYS_OUT =
  'Set a Bedrock API key with “Reaper: Set API Key”, or sign in with the AWS command line (“aws sso login”, “aws configure”) and name the profile in the settings.';

function authError(status: number, message: string, target: Target): ReaperError {
  const host = hostOf(target.baseUrl);
  // What it calculated itself would follow, with the session's token in it.
  const said = cleanServerText(message.replace(/\s*The Canonical String[^]*$/, ''), target.credential);
  const quote = said === '' ? '' : ` It says: ${said}`;
  const about =
    target.credential === undefined
      ? `${host} did not accept the AWS credentials of this machine (HTTP ${status}). They may have expired, or may not use this model. ${WAYS_OUT}`
      : `${host} did not accept the API key (HTTP ${status}), or the key may not use this model. Set a valid one with “Reaper: Set API Key”, or ask for access to the model in the Bedrock console.`;
  return new ReaperError('auth', `${about}${quote}`, { status });
}

function payloadError(type: string, message: string, target: Target): ReaperError {
  return (
    errorInPayload({ error: { type, message } }, target) ??
    new ReaperError('bad-response', `${hostOf(target.baseUrl)} did not accept the request.`)
  );
}

function without(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => (secret.length < 4 ? rest : rest.replaceAll(secret, '…')), text);
}
