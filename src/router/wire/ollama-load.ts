/** Asks an Ollama server to load a model; it costs no tokens. https://docs.ollama.com/api#load-a-model */
import type { ProbeCall } from '../wire.ts';
import { serverUrl } from './base-url.ts';
import { readJson, send } from './transport.ts';

/** Resolves when the model is in memory. `keepAlive` is that of the requests to come: a shorter one would win. */
export async function loadOllamaModel(call: ProbeCall, keepAlive: string): Promise<void> {
  const body = { model: call.model, stream: false, keep_alive: keepAlive };
  await readJson(await send(call, { url: serverUrl(call.baseUrl, 'api/generate'), body }), call);
}
