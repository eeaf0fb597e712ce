/** Gemini and Claude in a Google Cloud project. https://docs.cloud.google.com/vertex-ai/generative-ai/docs/reference/rest */
import { ReaperError } from '../../base/errors.ts';
import type { HoleOrder } from '../fim/hole-filler.ts';
import { hostOf } from '../http-errors.ts';
import type { ProbeCall, WireCall, WireModule } from '../wire.ts';
import { anthropicStream } from './anthropic-stream.ts';
import { serverUrl } from './base-url.ts';
import { geminiStream } from './gemini-stream.ts';
import { createGoogleCredentials, type GoogleCredentials } from './google-credentials.ts';
import { type JsonRecord, listAt, textAt } from './json.ts';
import { type Ask, type Findings, probeWith } from './probing.ts';
import { type Exchange, send, type Target } from './transport.ts';

export interface VertexWireOptions {
  /** How Claude reads a hole best. */
  readonly order: HoleOrder;
  readonly credentials?: GoogleCredentials;
}

// Whose models they are, as Google Cloud names them.
const GEMINI = 'publishers/google';
const CLAUDE = 'publishers/anthropic';
// A choice of the option `credentials`.
const MACHINE = 'application-default';

// In the place of the header that Anthropic's own server wants.
const CLAUDE_VERSION = 'vertex-2023-10-16';

export function vertexWire({ order, credentials = createGoogleCredentials() }: VertexWireOptions): WireModule {
  const modelPath = ({ model, options }: WireCall): string => pathOf(placeOf(model), options);
  const gemini = geminiStream({
    callIds: false,
    send: (call, body) => post(call, `${modelPath(call)}:streamGenerateContent`, body, credentials, { alt: 'sse' }),
  });
  const claude = anthropicStream({
    order,
    send: (call, { model: _model, ...body }) =>
      post(call, `${modelPath(call)}:streamRawPredict`, { anthropic_version: CLAUDE_VERSION, ...body }, credentials),
  });
  return {
    stream: (call) => (placeOf(call.model).publisher === CLAUDE ? claude(call) : gemini(call)),
    probe: (call) => {
      // Who is signed in does not matter where the machine is to ask.
      const target = call.options['credentials'] === MACHINE ? { ...call, credential: undefined } : call;
      return probeWith(target, (ask) => find(target, ask, credentials));
    },
  };
}

interface ModelPlace {
  /** `publishers/…` */
  readonly publisher: string;
  readonly name: string;
}

/** `claude-…` and `gemini-…`, or with their publisher before them, as the model garden writes it. */
function placeOf(model: string): ModelPlace {
  const [, publisher, name] = /^([a-z\d-]+)\/(.+)$/.exec(model) ?? [];
  if (publisher !== undefined && name !== undefined) return { publisher: `publishers/${publisher}`, name };
  return { publisher: /^claude/i.test(model) ? CLAUDE : GEMINI, name: model };
}

function pathOf({ publisher, name }: ModelPlace, options: WireCall['options']): string {
  const { project, location } = projectOf(options);
  return `v1/projects/${segment(project)}/locations/${segment(location)}/${publisher}/models/${segment(name)}`;
}

/** As one segment of a path. The version of a model stands behind an `@`, which may stay as it is. */
function segment(text: string): string {
  return encodeURIComponent(text).replaceAll('%40', '@').replace(/^\.+$/, '');
}

function projectOf({ project = '', location = '' }: Readonly<Record<string, string>>): {
  readonly project: string;
  readonly location: string;
} {
  if (project.trim() === '') {
    throw new ReaperError(
      'invalid-config',
      'No Google Cloud project is set. Set the id of the project that pays for Vertex AI in the settings.',
    );
  }
  return { project: project.trim(), location: location.trim() || 'global' };
}

function post(
  call: WireCall,
  path: string,
  body: JsonRecord,
  credentials: GoogleCredentials,
  query: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const url = serverUrl(call.baseUrl, path);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return sendSigned(call, { url, body, accept: 'text/event-stream' }, credentials);
}

/** A token of the machine that is not taken any more is replaced once; one of a sign-in is the router's to renew. */
async function sendSigned(
  call: Target & Pick<WireCall, 'options'>,
  exchange: Exchange,
  credentials: GoogleCredentials,
): Promise<Response> {
  if (call.options['credentials'] !== MACHINE) {
    if (call.credential === undefined) throw notSignedIn(call);
    return send(call, exchange);
  }
  const { credential: _signedIn, ...target } = call;
  const machine = { ...target, credential: undefined };
  const first = await credentials.token(machine);
  const sendWith = ({ credential, quotaProject }: typeof first): Promise<Response> => {
    const headers = quotaProject === undefined ? {} : { 'x-goog-user-project': quotaProject };
    return send({ ...machine, credential }, { ...exchange, headers: { ...headers, ...exchange.headers } });
  };
  try {
    return await sendWith(first);
  } catch (error) {
    if (!(error instanceof ReaperError) || error.status !== 401) throw error;
    return sendWith(await credentials.token(machine, first.credential));
  }
}

function notSignedIn({ baseUrl }: Pick<Target, 'baseUrl'>): ReaperError {
  return new ReaperError(
    'auth',
    `${hostOf(baseUrl)} asks for a Google account. Sign in with “Reaper: Sign In…”, or choose application-default credentials in the settings.`,
  );
}

/** The lists leave out what a region or a project does not have, and name what it may not use: so a missing model is no problem yet. */
async function find(call: ProbeCall, ask: Ask, credentials: GoogleCredentials): Promise<Findings> {
  const { project } = projectOf(call.options);
  const isMachine = call.options['credentials'] === MACHINE;
  if (!isMachine && call.credential === undefined) throw notSignedIn(call);
  const token = isMachine ? await credentials.token(call) : undefined;
  // Whether the project exists and may use the service, for nothing.
  const headers = {
    'x-goog-user-project': project,
    ...(token === undefined ? {} : { authorization: `Bearer ${token.credential.secret}` }),
  };
  const list = async (publisher: string): Promise<readonly string[]> => {
    const url = serverUrl(call.baseUrl, `v1beta1/${publisher}/models`);
    url.searchParams.set('pageSize', '300');
    return listAt(await ask({ url, headers }), 'publisherModels')
      .map((entry) => textAt(entry, 'name')?.split('/').at(-1) ?? '')
      .filter((name) => /^(?:gemini|claude)-/.test(name));
  };
  const gemini = await list(GEMINI);
  const claude = await list(CLAUDE).catch((error: unknown) => {
    // Not every project may see it.
    if (error instanceof ReaperError && error.status !== undefined) return [];
    throw error;
  });
  const models = [...new Set([...gemini, ...claude])];
  const isListed = call.model !== undefined && models.includes(placeOf(call.model).name);
  return { models, model: call.model, modelPresent: isListed ? true : undefined, fim: { type: 'hole-filler' } };
}
