/** How each provider's server behaves, so that one suite can hold all of them to the same promises. */
import {
  createFixtureWithClock,
  type FixtureOverrides,
  type RouterFixture,
  profileOf,
  until,
} from '../router/router-fixture.ts';
import { eventFrame, recordedFrames } from '../router/wire/event-frames.ts';
import { recorded } from '../router/wire/loopback.ts';
import type { ModelRequest, RequestLimits } from '../../src/router/model-request.ts';
import { providers } from '../../src/router/providers/index.ts';
import type { ProviderDefinition, ProviderProfile } from '../../src/router/provider-definition.ts';
import { createFakeClock } from '../fakes/fake-clock.ts';
import { type Exchange, type ModelServer, type Script, startModelServer } from '../fakes/model-server.ts';
import { credentialOf } from '../../src/router/credential.ts';

export interface Dialect {
  /** What stands behind the server's address in the provider's base URL. */
  readonly basePath: string;
  readonly model: string;
  /** Endpoint that the hole goes to. */
  readonly holePath: string;
  /** File in `test/fixtures/streams`, and the text that it amounts to. */
  readonly stream: string;
  readonly text: string;
  /** What it answers to everything but the hole: status and JSON. */
  readonly about: (path: string) => readonly [status: number, json: unknown];
  /** An error inside the stream, as this protocol writes it. */
  readonly errorInStream: string;
  readonly keyHeader: string;
  /** Of the provider, where it has any that must be set. */
  readonly options?: Readonly<Record<string, string>>;
  /** What only a hole's body has, where it does not say that it wants a stream. */
  readonly holeMark?: string;
  /** Ends an answer by ending the body, so that a clean end is never too early. */
  readonly endsWithBody?: boolean;
}

const openAiModels = (id: string) => (path: string) =>
  path.endsWith('/models') ? ([200, { data: [{ id }] }] as const) : ([400, { error: { message: 'bad' } }] as const);
const openAiError = 'data: {"error":{"message":"The engine is overloaded","type":"server_error"}}\n\n';

const dialects: Readonly<Record<string, Dialect>> = {
  ollama: {
    basePath: '',
    model: 'qwen2.5-coder:1.5b',
    holePath: '/api/generate',
    stream: 'ollama-generate.ndjson',
    text: 'th * height // größe 📐',
    about: (path) =>
      path === '/api/tags'
        ? [200, { models: [{ name: 'qwen2.5-coder:1.5b' }] }]
        : [200, { capabilities: ['completion', 'insert'] }],
    errorInStream: '{"error":"an error was encountered while running the model"}\n',
    keyHeader: 'authorization',
  },
  'llama.cpp': {
    basePath: '',
    model: 'qwen2.5-coder',
    holePath: '/infill',
    stream: 'llama-infill.sse',
    text: 'th * height // größe 📐',
    about: (path) => (path === '/props' ? [200, { total_slots: 2 }] : openAiModels('qwen2.5-coder')(path)),
    errorInStream: 'data: {"error":{"code":500,"message":"decode failed","type":"server_error"}}\n\n',
    keyHeader: 'authorization',
  },
  'openai-compatible': {
    basePath: '/v1',
    model: 'qwen2.5-coder',
    holePath: '/v1/completions',
    stream: 'openai-completions.sse',
    text: 'th * height // größe 📐',
    about: openAiModels('qwen2.5-coder'),
    errorInStream: openAiError,
    keyHeader: 'authorization',
  },
  anthropic: {
    basePath: '',
    model: 'claude-haiku-5-5',
    holePath: '/v1/messages',
    stream: 'anthropic-hole.sse',
    text: 'th * height',
    about: openAiModels('claude-haiku-5-5'),
    errorInStream:
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
    keyHeader: 'authorization',
  },
  openai: {
    basePath: '/v1',
    model: 'gpt-6-luna',
    holePath: '/v1/chat/completions',
    stream: 'openai-chat-hole.sse',
    text: 'th * height',
    about: openAiModels('gpt-6-luna'),
    errorInStream: openAiError,
    keyHeader: 'authorization',
  },
  azure: {
    basePath: '',
    model: 'our-deployment',
    holePath: '/openai/v1/chat/completions',
    stream: 'azure-chat-hole.sse',
    text: 'th * height',
    about: openAiModels('gpt-6-luna'),
    errorInStream: openAiError,
    keyHeader: 'api-key',
  },
  xai: {
    basePath: '/v1',
    model: 'grok-4.3',
    holePath: '/v1/chat/completions',
    stream: 'xai-chat-hole.sse',
    text: 'th * height',
    about: openAiModels('grok-4.3'),
    errorInStream: openAiError,
    keyHeader: 'authorization',
  },
  gemini: {
    basePath: '',
    model: 'gemini-3.5-flash-lite',
    holePath: '/v1beta/models/gemini-3.5-flash-lite:streamGenerateContent?alt=sse',
    holeMark: '"contents"',
    stream: 'gemini-hole.sse',
    text: 'th * height',
    about: () => [200, { models: [{ name: 'models/gemini-3.5-flash-lite' }] }],
    errorInStream: 'data: {"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}\r\n\r\n',
    keyHeader: 'x-goog-api-key',
  },
  bedrock: {
    basePath: '',
    model: 'global.anthropic.claude-haiku-5-5',
    holePath: '/model/global.anthropic.claude-haiku-5-5/converse-stream',
    holeMark: '"messages"',
    stream: 'bedrock-hole.frames',
    text: 'th * height',
    about: () => [400, { message: 'messages must not be empty' }],
    errorInStream: eventFrame('serviceUnavailableException', { message: 'Busy' }, 'exception').toString('latin1'),
    keyHeader: 'authorization',
  },
  omen: {
    basePath: '/v1',
    model: 'qwen3-coder',
    holePath: '/v1/chat/completions',
    stream: 'omen-hole.sse',
    text: 'th * height',
    about: (path) => (path === '/health' ? [200, { status: 'healthy' }] : openAiModels('qwen3-coder')(path)),
    errorInStream: 'data: {"error":{"message":"No provider","type":"api_error","code":503}}\n\n',
    keyHeader: 'authorization',
    endsWithBody: true,
  },
  vertex: {
    basePath: '',
    model: 'gemini-3.5-flash-lite',
    options: { project: 'my-project', location: 'global', credentials: 'google' },
    holePath:
      '/v1/projects/my-project/locations/global/publishers/google/models/gemini-3.5-flash-lite:streamGenerateContent?alt=sse',
    holeMark: '"contents"',
    stream: 'gemini-hole.sse',
    text: 'th * height',
    about: (path) => [
      200,
      {
        publisherModels: path.includes('/google/') ? [{ name: 'publishers/google/models/gemini-3.5-flash-lite' }] : [],
      },
    ],
    errorInStream: 'data: {"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}\n\n',
    keyHeader: 'authorization',
  },
  mistral: {
    basePath: '/v1',
    model: 'codestral-latest',
    holePath: '/v1/fim/completions',
    stream: 'mistral-fim.sse',
    text: 'th * height',
    about: openAiModels('codestral-latest'),
    errorInStream: openAiError,
    keyHeader: 'authorization',
  },
  deepseek: {
    basePath: '',
    model: 'deepseek-v4-flash',
    holePath: '/beta/completions',
    stream: 'deepseek-completions.sse',
    text: 'th * height',
    about: openAiModels('deepseek-v4-flash'),
    errorInStream: openAiError,
    keyHeader: 'authorization',
  },
};

export interface ProviderUnderTest {
  readonly definition: ProviderDefinition;
  readonly dialect: Dialect;
}

/** Throws for a provider that nobody has described here: the suite has to know every one. */
export function providersUnderTest(): readonly ProviderUnderTest[] {
  return providers.map((definition) => {
    const dialect = dialects[definition.id];
    if (dialect === undefined) throw new Error(`test/contract/dialects.ts does not describe ${definition.id}`);
    return { definition, dialect };
  });
}

export function contentTypeOf(dialect: Dialect): string {
  if (isBinary(dialect)) return 'application/vnd.amazon.eventstream';
  return dialect.stream.endsWith('.sse') ? 'text/event-stream' : 'application/x-ndjson';
}

/** Amazon's frames; in these tests a string in which each character is a byte. */
function isBinary(dialect: Dialect): boolean {
  return dialect.stream.endsWith('.frames');
}

/** The recorded stream, piece by piece. */
export function piecesOf(dialect: Dialect): readonly string[] {
  return isBinary(dialect)
    ? recordedFrames(dialect.stream).map((frame) => frame.toString('latin1'))
    : recorded(dialect.stream);
}

/** The recorded stream, whole. */
export function streamText(dialect: Dialect): string {
  return piecesOf(dialect).join('');
}

export function bytesOf(dialect: Dialect, text: string): Buffer {
  return Buffer.from(text, isBinary(dialect) ? 'latin1' : 'utf8');
}

/** The first bytes of a piece that may be long in coming. */
export function pieceBegin(dialect: Dialect): string {
  return isBinary(dialect) ? '\0\0\u0010\0' : dialect.stream.endsWith('.sse') ? ':' : ' ';
}

/** The recorded stream up to, and with, its first text. */
export function beginning(dialect: Dialect): string {
  const chunks = piecesOf(dialect);
  const last = chunks.findIndex((chunk) => chunk.includes('th *'));
  return chunks.slice(0, last + 1).join('');
}

/** A server of this dialect that answers holes as the script says. */
export function startDialectServer(dialect: Dialect, hole: Script): Promise<ModelServer> {
  return startModelServer((exchange) => {
    if (isHole(dialect, exchange.request.path, exchange.request.body)) return hole(inBytes(dialect, exchange));
    const [status, json] = dialect.about(exchange.request.path.replace(/\?.*$/, ''));
    exchange.answer(status, { 'content-type': 'application/json' }, JSON.stringify(json));
    return undefined;
  });
}

function inBytes(dialect: Dialect, exchange: Exchange): Exchange {
  const bytes = (data: string | Uint8Array): Uint8Array => (typeof data === 'string' ? bytesOf(dialect, data) : data);
  return {
    ...exchange,
    write: (data) => exchange.write(bytes(data)),
    answer: (status, headers, body = '') => exchange.answer(status, headers, bytes(body)),
  };
}

export function isHole({ holePath, holeMark }: Dialect, path: string, body: string): boolean {
  return path === holePath && body.includes(holeMark ?? '"stream":true');
}

export function holesIn(server: ModelServer, dialect: Dialect): number {
  return server.requests.filter(({ path, body }) => isHole(dialect, path, body)).length;
}

export function profileAt(
  { definition, dialect }: ProviderUnderTest,
  server: ModelServer,
  overrides: Partial<ProviderProfile> = {},
): ProviderProfile {
  return profileOf(definition, {
    baseUrl: `${server.url}${dialect.basePath}`,
    completionModel: dialect.model,
    ...(dialect.options === undefined ? {} : { options: dialect.options }),
    credentials: () => Promise.resolve([credentialOf('api-key', KEY)]),
    ...overrides,
  });
}

export const KEY = 'sk-contract-0123456789abcdef';

export function holeRequest(limits: Partial<RequestLimits> = {}): ModelRequest {
  return {
    purpose: 'completion',
    input: {
      type: 'fim',
      path: 'src/area.ts',
      language: 'typescript',
      prefix: 'function area(width, height) {\n  return wid',
      suffix: ';\n}\n',
      snippets: [],
    },
    limits: { maxOutputTokens: 64, stop: [], ...limits },
  };
}

/** A router that knows the given providers, when it has asked the first one what it can do. */
export async function readyFixture(
  profiles: readonly ProviderProfile[],
  overrides: FixtureOverrides = {},
): Promise<RouterFixture> {
  const fixture = createFixtureWithClock(profiles, createFakeClock(), overrides);
  const [first] = profiles;
  await until(() => fixture.router.completionRoute()[0]?.providerId === first?.definition.id);
  return fixture;
}
