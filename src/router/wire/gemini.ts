/** Gemini with a key of AI Studio. https://ai.google.dev/api/generate-content */
import type { ProbeCall, WireModule } from '../wire.ts';
import { versionedUrl } from './base-url.ts';
import { geminiStream } from './gemini-stream.ts';
import { listAt, textAt } from './json.ts';
import { type Ask, type Findings, findingsOf, probeWith } from './probing.ts';
import { send } from './transport.ts';

const KEY_HEADER = 'x-goog-api-key';
// What thinking levels, signatures and tools need is only there.
const VERSION = 'v1beta';

export function geminiWire(): WireModule {
  return {
    stream: geminiStream({
      callIds: true,
      send: (call, body) => {
        const url = versionedUrl(
          call.baseUrl,
          `models/${encodeURIComponent(call.model)}:streamGenerateContent`,
          VERSION,
        );
        url.searchParams.set('alt', 'sse');
        return send(call, { url, body, accept: 'text/event-stream', keyHeader: KEY_HEADER });
      },
    }),
    probe: (call) => probeWith(call, (ask) => find(call, ask)),
  };
}

async function find(call: ProbeCall, ask: Ask): Promise<Findings> {
  const url = versionedUrl(call.baseUrl, 'models', VERSION);
  // The most that it gives at once; by default 50.
  url.searchParams.set('pageSize', '1000');
  const models = listAt(await ask({ url, keyHeader: KEY_HEADER }), 'models')
    .filter(isWriter)
    .map((entry) => textAt(entry, 'name')?.replace(/^models\//, ''))
    .filter((id) => id !== undefined);
  return findingsOf(call, models, { type: 'hole-filler' });
}

/** Embeddings, pictures and speech have other methods. */
function isWriter(entry: unknown): boolean {
  const methods = listAt(entry, 'supportedGenerationMethods');
  return methods.length === 0 || methods.includes('generateContent');
}
