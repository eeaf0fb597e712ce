/** Anthropic's `/v1/messages`. The official SDK writes the request in today's dialect; the answer is read and checked here. */
import { BaseAnthropic } from '@anthropic-ai/sdk/client';
import type { MessageCreateParamsStreaming } from '@anthropic-ai/sdk/resources/messages';
import type { HoleOrder } from '../fim/hole-filler.ts';
import { reaperErrorWithin } from '../http-errors.ts';
import type { ProbeCall, WireCall, WireModule } from '../wire.ts';
import { anthropicStream } from './anthropic-stream.ts';
import { serverUrl } from './base-url.ts';
import { listAt, textAt } from './json.ts';
import { type Ask, type Findings, findingsOf, probeWith } from './probing.ts';
import { type Target, addUserHeaders, exchangeOnce } from './transport.ts';

export interface AnthropicWireOptions {
  readonly order: HoleOrder;
}

// Anything else that the SDK would send is about this machine, or from an environment variable.
const SDK_HEADERS = /^(?:accept|content-type|authorization|user-agent|anthropic-version)$/;
// Sent to nobody: it keeps the SDK from looking for credentials in the environment and on the disk.
const NO_KEY = 'none';

export function anthropicWire({ order }: AnthropicWireOptions): WireModule {
  return {
    stream: anthropicStream({ order, send: create }),
    probe: (call) => probeWith(call, (ask) => find(call, ask)),
  };
}

/** Lets the SDK build the request, and sends it by the call's own means. The SDK retries nothing and reads no environment. */
async function create(call: WireCall, body: MessageCreateParamsStreaming): Promise<Response> {
  const client = new BaseAnthropic({
    apiKey: call.credential?.secret ?? NO_KEY,
    webhookKey: null,
    baseURL: serverUrl(call.baseUrl, '').href.replace(/\/$/, ''),
    maxRetries: 0,
    // The router's clocks decide; this is as long as a timer can be.
    timeout: 2 ** 31 - 1,
    logLevel: 'off',
    openTelemetry: false,
    fetch: (url, init) => sendBuilt(call, url, init),
  });
  try {
    // Not `Messages.create`: that writes to the console at every request to an older model.
    return await client.post('/v1/messages', { body, stream: true }).asResponse();
  } catch (error) {
    // The SDK wraps what `fetch` throws.
    throw reaperErrorWithin(error) ?? error;
  }
}

function sendBuilt(target: Target, url: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers();
  new Headers(init.headers).forEach((value, name) => {
    if (SDK_HEADERS.test(name)) headers.set(name, value);
  });
  if (target.credential === undefined) headers.delete('authorization');
  headers.set('accept', 'text/event-stream');
  addUserHeaders(headers, target);
  const { method = 'POST', body = null } = init;
  return exchangeOnce(target, new URL(url instanceof Request ? url.url : url), { method, headers, body });
}

async function find(call: ProbeCall, ask: Ask): Promise<Findings> {
  const url = serverUrl(call.baseUrl, 'v1/models');
  // Hundreds at most; without it the list stops at 20.
  url.searchParams.set('limit', '1000');
  const models = listAt(await ask({ url, headers: { 'anthropic-version': '2026-10-21' } }), 'data')
    .map((entry) => textAt(entry, 'id'))
    .filter((id) => id !== undefined);
  return findingsOf(call, models, { type: 'hole-filler' });
}
