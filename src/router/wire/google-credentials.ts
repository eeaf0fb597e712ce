/**
 * Access tokens from the application-default credentials of this machine: a file that `gcloud` or an administrator put there, or
 * the machine's own account in Google's cloud. https://cloud.google.com/docs/authentication/application-default-credentials
 */
import { errorMessage, ReaperError } from '../../base/errors.ts';
import { type Credential, credentialOf } from '../credential.ts';
import { reaperErrorWithin } from '../http-errors.ts';
import { errorWithoutSecrets, withoutSecrets } from '../redact-secrets.ts';
import { countAt, textAt } from './json.ts';
import { exchangeOnce, readJson, type Target } from './transport.ts';

export interface GoogleToken {
  readonly credential: Credential;
  /** The project that calls are counted for, where the credentials name one. */
  readonly quotaProject: string | undefined;
}

export interface GoogleCredentials {
  /** A token that is good for now; `rejected`: another one than this. Every byte goes through the target's `fetch`. */
  token(target: Target, rejected?: Credential): Promise<GoogleToken>;
}

interface KeptToken extends GoogleToken {
  readonly expiresAt: number;
}

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
// A request that has begun must not outlive its token.
const MARGIN_MS = 60_000;
// What a token lives where nobody says so.
const USUAL_LIFE_MS = 3_600_000;
const METADATA_URL = 'http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token';
const WAY_OUT =
  'Run “gcloud auth application-default login”, or set GOOGLE_APPLICATION_CREDENTIALS to a service account’s file, or sign in with a Google account instead.';
// These say what is the matter, and other credentials would not help.
const PLAIN_KINDS: ReadonlySet<string> = new Set([
  'network',
  'timeout',
  'privacy',
  'cancelled',
  'overloaded',
  'rate-limit',
]);

export interface GoogleCredentialsOptions {
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Whether this machine stands in Google's cloud. */
  readonly isGoogleMachine?: () => Promise<boolean>;
}

export function createGoogleCredentials(options: GoogleCredentialsOptions = {}): GoogleCredentials {
  const { now = Date.now, isGoogleMachine = isOneByItsHardware } = options;
  let kept: KeptToken | undefined;
  return {
    async token(target, rejected) {
      const isGood = kept !== undefined && kept.expiresAt - MARGIN_MS > now() && kept.credential.id !== rejected?.id;
      if (kept !== undefined && isGood) return kept;
      kept = await fetchToken(target, { now, isGoogleMachine });
      return kept;
    },
  };
}

async function fetchToken(target: Target, options: Required<GoogleCredentialsOptions>): Promise<KeptToken> {
  const { now, isGoogleMachine } = options;
  /** Out of the file, as they went to the server of tokens, who may quote them. */
  const sent: string[] = [];
  try {
    const fromFile = await tokenFromFile(target, now, sent);
    if (fromFile !== undefined) return fromFile;
    return (await isGoogleMachine()) ? await tokenOfMachine(target, now) : nothingFound();
  } catch (error) {
    const known = reaperErrorWithin(error);
    if (known !== undefined && (PLAIN_KINDS.has(known.kind) || known.message.includes(WAY_OUT))) {
      throw errorWithoutSecrets(known, sent);
    }
    // What JSON.parse says quotes the file, which may hold a key.
    const foreign = error instanceof SyntaxError ? 'the file is not JSON.' : errorMessage(error);
    const said = withoutSecrets(known?.message ?? foreign, sent);
    throw new ReaperError(
      'auth',
      `The application-default credentials of this machine gave no access to Google Cloud. ${WAY_OUT} The reason: ${said.slice(0, 300)}`,
    );
  }
}

function nothingFound(): never {
  throw new ReaperError('auth', `This machine has no application-default credentials for Google Cloud. ${WAY_OUT}`);
}

/** `undefined`: there is no such file. */
async function tokenFromFile(target: Target, now: () => number, sent: string[]): Promise<KeptToken | undefined> {
  const { tokenFromFiles } = await import('./google-files.ts');
  const found = await tokenFromFiles(SCOPE, (url, init) => {
    sent.push(...secretFields(init?.body));
    return ask(target, url, init);
  });
  if (found === undefined) return undefined;
  return {
    credential: credentialOf('access-token', found.secret),
    quotaProject: found.quotaProject,
    expiresAt: found.expiresAt ?? now() + USUAL_LIFE_MS,
  };
}

const SECRET_FIELDS: ReadonlySet<string> = new Set(['refresh_token', 'client_secret', 'assertion', 'subject_token']);

function secretFields(body: RequestInit['body'] | undefined): readonly string[] {
  if (typeof body !== 'string' && !(body instanceof URLSearchParams)) return [];
  return [...new URLSearchParams(body)].flatMap(([name, value]) => (SECRET_FIELDS.has(name) ? [value] : []));
}

async function tokenOfMachine(target: Target, now: () => number): Promise<KeptToken> {
  const answer = await readJson(await ask(target, METADATA_URL, { headers: { 'metadata-flavor': 'Google' } }), target);
  const token = textAt(answer, 'access_token') ?? '';
  if (token === '') return nothingFound();
  const lifeMs = (countAt(answer, 'expires_in') ?? USUAL_LIFE_MS / 1000) * 1000;
  return { credential: credentialOf('access-token', token), quotaProject: undefined, expiresAt: now() + lifeMs };
}

async function isOneByItsHardware(): Promise<boolean> {
  return (await import('./google-files.ts')).isGoogleMachine();
}

/** The headers and the key of the model's server are nobody else's business. */
function ask(target: Target, input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const url = new URL(input instanceof Request ? input.url : input);
  return exchangeOnce({ ...target, baseUrl: url.origin, credential: undefined, headers: {} }, url, {
    method: init.method ?? 'GET',
    headers: new Headers(init.headers),
    body: init.body ?? null,
  });
}
