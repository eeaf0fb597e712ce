/**
 * Lets Amazon's SDK write and sign a request, and sends it by the call's own means. The SDK would use HTTP/2 past every proxy,
 * try again by itself and tell Amazon about this machine.
 */
import {
  BedrockRuntimeClient,
  type BedrockRuntimeClientConfig,
  type BedrockRuntimeClientResolvedConfig,
  ConverseCommand,
  type ConverseStreamCommandInput,
  ConverseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { reaperErrorWithin } from '../http-errors.ts';
import type { ProbeCall, WireCall } from '../wire.ts';
import { bedrockCredentialError, bedrockHttpError } from './bedrock-errors.ts';
import type { FrameCodec } from './bedrock-events.ts';
import { addUserHeaders, beginningOf, exchangeOnce } from './transport.ts';

export interface BedrockClient {
  /** Throws `ReaperError` for everything but a 2xx. */
  stream(call: WireCall, input: ConverseStreamCommandInput): Promise<BedrockAnswer>;
  /** As `stream`, with a request for a whole answer: for probes, which expect to be refused. */
  ask(call: ProbeCall, input: ConverseStreamCommandInput): Promise<void>;
}

export interface BedrockAnswer {
  readonly response: Response;
  readonly codec: FrameCodec;
}

type Identity = Awaited<ReturnType<BedrockRuntimeClientResolvedConfig['credentials']>>;
type Handler = Exclude<BedrockRuntimeClientConfig['requestHandler'], undefined>;
type HandledRequest = Parameters<Extract<Handler, { handle: unknown }>['handle']>[0];

// Files of profiles may be edited meanwhile; a session is renewed before its last minutes.
const KEPT_MS = 300_000;

export function createBedrockClient(): BedrockClient {
  /** By profile: finding credentials may start a program or ask a server for a session. */
  const identities = new Map<string, { readonly identity: Identity; readonly untilMs: number }>();

  async function identityFor(profile: string, find: () => Promise<Identity>): Promise<Identity> {
    const known = identities.get(profile);
    if (known !== undefined && Date.now() < known.untilMs) return known.identity;
    const identity = await find();
    const expiresMs = identity.expiration?.getTime() ?? Number.POSITIVE_INFINITY;
    identities.set(profile, { identity, untilMs: Math.min(Date.now() + KEPT_MS, expiresMs - KEPT_MS) });
    return identity;
  }

  async function send(
    call: WireCall | ProbeCall,
    input: ConverseStreamCommandInput,
    isStream: boolean,
  ): Promise<BedrockAnswer> {
    const profile = call.options['profile'] ?? '';
    let answer: Response | undefined;
    const requestHandler = {
      metadata: { handlerProtocol: 'http/1.1' },
      handle: async (request: HandledRequest) => {
        const response = await sendBuilt(call, request);
        if (request.hostname !== new URL(call.baseUrl).hostname) return { response: asSdkResponse(response) };
        // What the SDK is told is an empty answer: the real one is read by the caller, piece by piece.
        answer = response;
        return { response: { statusCode: 200, headers: {}, body: isStream ? nothing() : new Uint8Array() } };
      },
    };
    const client: BedrockRuntimeClient = new BedrockRuntimeClient({
      region: call.options['region'] ?? '',
      endpoint: call.baseUrl,
      maxAttempts: 1,
      requestHandler,
      ...(profile === '' ? {} : { profile }),
      ...(call.credential === undefined
        ? {
            credentials: () =>
              identityFor(profile, () =>
                client.config.credentialDefaultProvider({
                  ...(profile === '' ? {} : { profile }),
                  // Profiles are edited, and sessions begun, while the editor runs.
                  ignoreCache: true,
                  // Also the servers that sessions come from are reached by the call's own means.
                  clientConfig: { requestHandler },
                  logger: watchForOwnMeans(call),
                })(),
              ),
          }
        : { token: { token: call.credential.secret }, authSchemePreference: ['httpBearerAuth'] }),
    });
    // It names this machine's system and Node's version.
    client.middlewareStack.remove('getUserAgentMiddleware');
    try {
      if (isStream) await client.send(new ConverseStreamCommand(input));
      else await client.send(new ConverseCommand(input));
    } catch (error) {
      const known = reaperErrorWithin(error);
      if (known?.kind === 'auth') identities.delete(profile);
      throw known ?? bedrockCredentialError(error, call) ?? error;
    }
    if (answer === undefined) throw new Error('The AWS SDK sent nothing.');
    return { response: answer, codec: client.config.eventStreamMarshaller };
  }

  return {
    stream: (call, input) => send(call, input, true),
    ask: async (call, input) => {
      const { response } = await send(call, input, false);
      response.body?.cancel().catch(() => undefined);
    },
  };
}

interface ChainLogger {
  debug(message?: unknown): void;
  info(): void;
  warn(): void;
  error(): void;
}

// What the chain says right before it asks the address of a container or of a machine at Amazon, by `node:http`.
const BY_OWN_MEANS: readonly (readonly [RegExp, string])[] = [
  [/remoteProvider::fromHttp|credential_source is EcsContainer/, 'http://169.254.170.2'],
  [/remoteProvider::fromInstanceMetadata|credential_source is Ec2InstanceMetadata/, 'http://169.254.169.254'],
];
const silence = (): void => undefined;

/** Without a logger the credential chain writes to the console; this one asks the egress policy, which throws, where `fetch` is not used. */
function watchForOwnMeans(call: WireCall | ProbeCall): ChainLogger {
  return {
    debug(message) {
      const url = BY_OWN_MEANS.find(([said]) => said.test(String(message)))?.[1];
      if (url !== undefined) call.exchange(url).end();
    },
    info: silence,
    warn: silence,
    error: silence,
  };
}

/** Made by `fetch`; these would only contradict it. */
const OWN_HEADERS = new Set(['host', 'content-length', 'user-agent', 'x-amz-user-agent']);

function sendBuilt(call: WireCall | ProbeCall, request: HandledRequest): Promise<Response> {
  const { protocol, hostname, port, path, query, method } = request;
  const url = new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}`);
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) url.searchParams.append(name, one ?? '');
  }
  const headers = new Headers();
  for (const [name, value] of Object.entries<string>(request.headers)) {
    if (!OWN_HEADERS.has(name.toLowerCase())) headers.set(name, value);
  }
  const isForModel = hostname === new URL(call.baseUrl).hostname;
  const secrets = [
    headers.get('x-amz-sso_bearer_token') ?? '',
    headers.get('authorization')?.replace(/^Bearer /, '') ?? '',
    headers.get('x-amz-security-token') ?? '',
    /Credential=([^/]+)/.exec(headers.get('authorization') ?? '')?.[1] ?? '',
  ];
  // Who gives out sessions has no business with what the user says to the model's server.
  if (isForModel) addUserHeaders(headers, call);
  const fetch: typeof globalThis.fetch = async (to, init) => {
    const response = await call.fetch(to, init);
    if (response.ok) return response;
    throw bedrockHttpError(response, await beginningOf(response, call), call, secrets);
  };
  const body: unknown = request.body;
  // The SDK's own kind of bytes warns when it is read as anything else.
  const bytes =
    body instanceof Uint8Array ? Buffer.from(body.buffer as ArrayBuffer, body.byteOffset, body.byteLength) : undefined;
  return exchangeOnce({ ...call, fetch }, url, {
    method,
    headers,
    ...(typeof body === 'string' ? { body } : bytes === undefined ? {} : { body: bytes }),
  });
}

function asSdkResponse(response: Response): { statusCode: number; headers: Record<string, string>; body: unknown } {
  return { statusCode: response.status, headers: Object.fromEntries(response.headers), body: response.body };
}

async function* nothing(): AsyncGenerator<Uint8Array, void, undefined> {
  // Not one byte.
}
