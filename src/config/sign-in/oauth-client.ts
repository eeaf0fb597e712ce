/** An OAuth client with OpenID Connect: code with PKCE, device code, refresh, revoke. The library loads on first use. */
import type {
  Configuration,
  CustomFetch,
  ServerMetadata,
  TokenEndpointResponse,
  TokenEndpointResponseHelpers,
} from 'openid-client';
import { delay } from '../../base/abort.ts';
import type { Clock } from '../../base/clock.ts';
import { ReaperError } from '../../base/errors.ts';
import { oauthError, type OAuthNames, refusalOf } from './oauth-errors.ts';

export interface OAuthClientOptions {
  /** Everything else comes from its discovery document. */
  readonly issuer: string;
  readonly names: OAuthNames;
  readonly registration: () => Promise<Registration>;
  /** Sent with each request for a code: for example what makes the server give refresh tokens. */
  readonly authorizationParameters: Readonly<Record<string, string>>;
  /** Checks where it goes; each request of the client goes through it. */
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
}

/** What the user has from the server's console. */
export interface Registration {
  readonly clientId: string;
  readonly clientSecret: string | undefined;
}

export interface Tokens {
  readonly accessToken: string;
  /** Left out by servers that keep the old one valid. */
  readonly refreshToken: string | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number;
  /** What was granted, which may be less than what was asked for. */
  readonly scopes: readonly string[];
  /** Only after a sign-in. */
  readonly account: { readonly id: string; readonly name: string } | undefined;
}

export interface AuthorizationRequest {
  /** For the user's browser. */
  readonly url: string;
  readonly state: string;
  /** With the address that the server sent the browser to. Refuses an answer that belongs to another request. */
  complete(answer: URL, signal: AbortSignal): Promise<Tokens>;
}

export interface DeviceRequest {
  readonly userCode: string;
  readonly verificationUrl: string;
  /** Asks at the server's pace until the user has decided. */
  wait(signal: AbortSignal): Promise<Tokens>;
}

/** All of them throw `ReaperError`, whose text names no token and no code. */
export interface OAuthClient {
  authorize(redirectUri: string, scopes: readonly string[], signal: AbortSignal): Promise<AuthorizationRequest>;
  authorizeDevice(scopes: readonly string[], signal: AbortSignal): Promise<DeviceRequest>;
  /** `undefined`: the server accepts this refresh token no more. */
  refresh(refreshToken: string, scopes: readonly string[], signal: AbortSignal): Promise<Tokens | undefined>;
  revoke(token: string, signal: AbortSignal): Promise<void>;
}

type TokenResponse = TokenEndpointResponse & TokenEndpointResponseHelpers;

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
/** RFC 8628 §3.2 and §3.5: the pace if the server names none, and how much slower when it asks for that. */
const DEVICE_POLL_MS = 5000;
const DEVICE_SLOW_DOWN_MS = 5000;
/** RFC 6749 leaves `expires_in` to the server; without it an hour is what providers are known to give. */
const DEFAULT_LIFETIME_MS = 3_600_000;

export function createOAuthClient(options: OAuthClientOptions): OAuthClient {
  const { issuer, names, clock } = options;
  let metadata: ServerMetadata | undefined;

  /** A configuration for one operation: its own cancel, and the exact address for the answer. */
  const connect = async (signal: AbortSignal, redirectUri?: string): Promise<Configuration> => {
    const openid = await import('openid-client');
    const { clientId, clientSecret } = await options.registration();
    const fetch = boundFetch(options.fetch, signal, redirectUri);
    const execute = isLoopback(issuer) ? [openid.allowInsecureRequests] : [];
    if (metadata === undefined) {
      const found = await openid.discovery(new URL(issuer), clientId, clientSecret, undefined, {
        [openid.customFetch]: fetch,
        execute,
      });
      metadata = found.serverMetadata();
    }
    const config = new openid.Configuration(metadata, clientId, clientSecret);
    config[openid.customFetch] = fetch;
    for (const extend of execute) {
      extend(config);
    }
    return config;
  };
  const guarded = async <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw signal.aborted ? abortError(signal) : oauthError(error, names);
    }
  };
  const tokensOf = (response: TokenResponse, asked: readonly string[]): Tokens => readTokens(response, asked, clock);

  return {
    authorize: (redirectUri, scopes, signal) =>
      guarded(signal, async () => {
        const openid = await import('openid-client');
        const config = await connect(signal);
        const verifier = openid.randomPKCECodeVerifier();
        const [state, nonce] = [openid.randomState(), openid.randomNonce()];
        const url = openid.buildAuthorizationUrl(config, {
          ...options.authorizationParameters,
          redirect_uri: redirectUri,
          scope: scopes.join(' '),
          code_challenge: await openid.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
          state,
          nonce,
        });
        return {
          url: url.href,
          state,
          complete: (answer, completing) =>
            guarded(completing, async () => {
              const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce };
              const connected = await connect(completing, redirectUri);
              return tokensOf(await openid.authorizationCodeGrant(connected, answer, checks), scopes);
            }),
        };
      }),
    authorizeDevice: (scopes, signal) =>
      guarded(signal, async () => {
        const openid = await import('openid-client');
        const config = await connect(signal);
        if (config.serverMetadata().device_authorization_endpoint === undefined) {
          throw new ReaperError('auth', `${names.label} offers no sign-in with a code. Choose another way.`);
        }
        const device = await openid.initiateDeviceAuthorization(config, { scope: scopes.join(' ') });
        const poll = async (waiting: AbortSignal): Promise<TokenResponse> =>
          openid.genericGrantRequest(await connect(waiting), DEVICE_GRANT, { device_code: device.device_code });
        const pollMs = device.interval === undefined ? DEVICE_POLL_MS : device.interval * 1000;
        return {
          userCode: device.user_code,
          verificationUrl: device.verification_uri,
          wait: (waiting) =>
            guarded(waiting, async () => tokensOf(await pollDevice(poll, pollMs, clock, waiting), scopes)),
        };
      }),
    refresh: (refreshToken, scopes, signal) =>
      guarded(signal, async () => {
        const openid = await import('openid-client');
        try {
          return tokensOf(await openid.refreshTokenGrant(await connect(signal), refreshToken), scopes);
        } catch (error) {
          if (refusalOf(error) === 'invalid_grant') {
            return undefined;
          }
          throw error;
        }
      }),
    revoke: (token, signal) =>
      guarded(signal, async () => {
        const openid = await import('openid-client');
        const config = await connect(signal);
        if (config.serverMetadata().revocation_endpoint !== undefined) {
          await openid.tokenRevocation(config, token);
        }
      }),
  };
}

async function pollDevice(
  poll: (signal: AbortSignal) => Promise<TokenResponse>,
  startMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<TokenResponse> {
  for (let pollMs = startMs; ;) {
    await delay(clock, pollMs, signal);
    try {
      return await poll(signal);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal !== 'authorization_pending' && refusal !== 'slow_down') {
        throw error;
      }
      pollMs += refusal === 'slow_down' ? DEVICE_SLOW_DOWN_MS : 0;
    }
  }
}

function readTokens(response: TokenResponse, asked: readonly string[], clock: Clock): Tokens {
  const claims = response.claims();
  const name = claims?.['email'] ?? claims?.['name'];
  return {
    accessToken: response.access_token,
    refreshToken: response.refresh_token,
    expiresAt:
      clock.wallTime() + (response.expires_in === undefined ? DEFAULT_LIFETIME_MS : response.expires_in * 1000),
    scopes: response.scope === undefined ? asked : response.scope.split(' '),
    account: claims && { id: claims.sub, name: typeof name === 'string' ? name : claims.sub },
  };
}

/**
 * With the operation's cancel, and with the address for the answer as it was registered: the library leaves out its query,
 * which some editors need to find the window.
 */
function boundFetch(
  fetch: typeof globalThis.fetch,
  operation: AbortSignal,
  redirectUri: string | undefined,
): CustomFetch {
  return (url, { body, signal, headers, method, redirect }) => {
    if (redirectUri !== undefined && body instanceof URLSearchParams && body.has('redirect_uri')) {
      body.set('redirect_uri', redirectUri);
    }
    return fetch(url, {
      headers,
      method,
      redirect,
      signal: signal === undefined ? operation : AbortSignal.any([signal, operation]),
      // The library sends forms and nothing else.
      ...(body instanceof URLSearchParams && { body }),
    });
  };
}

function abortError(signal: AbortSignal): ReaperError {
  return signal.reason instanceof ReaperError ? signal.reason : new ReaperError('cancelled', 'Cancelled');
}

/** Servers on this machine are those of tests; nothing else goes without TLS. */
function isLoopback(issuer: string): boolean {
  const { protocol, hostname } = new URL(issuer);
  return protocol === 'http:' && (hostname === '127.0.0.1' || hostname === 'localhost' || hostname === '[::1]');
}
