/** Amazon Bedrock's Converse: one protocol for every model there. What a model refuses by name is left out, and remembered. */
import { isCancellation, ReaperError } from '../../base/errors.ts';
import type { HoleOrder } from '../fim/hole-filler.ts';
import type { ProbeCall, ProbeResult, WireCall, WireModule } from '../wire.ts';
import { answer } from './answer.ts';
import { type BedrockAnswer, type BedrockClient, createBedrockClient } from './bedrock-client.ts';
import { bedrockParts } from './bedrock-events.ts';
import { type BedrockRequest, bedrockRequest, type LeftOut } from './bedrock-request.ts';
import { noFim } from './no-fim.ts';

export interface BedrockWireOptions {
  readonly order: HoleOrder;
}

// There are no more that a model could refuse.
const MAX_LEFT_OUT = 6;

export function bedrockWire(options: BedrockWireOptions): WireModule {
  const client = createBedrockClient();
  /** Per address and model. */
  const learned = new Map<string, ReadonlySet<LeftOut>>();

  async function open(call: WireCall): Promise<BedrockAnswer & { readonly request: BedrockRequest }> {
    const key = `${call.baseUrl} ${call.model}`;
    let leftOut = learned.get(key) ?? new Set();
    for (;;) {
      const request = bedrockRequest(call, leftOut, options.order);
      try {
        const opened = await client.stream(call, request.input);
        learned.set(key, leftOut);
        return { ...opened, request };
      } catch (error) {
        const refused = refusedField(error, leftOut);
        if (refused === undefined || leftOut.size >= MAX_LEFT_OUT) throw error;
        leftOut = new Set([...leftOut, refused]);
      }
    }
  }

  return {
    async *stream(call) {
      if (call.input.type === 'fim' && call.fim.type === 'none') throw noFim(call);
      const { response, codec, request } = await open(call);
      yield* answer(call, bedrockParts(response, codec, call), request.shape);
    },
    probe: (call) => probe(client, call),
  };
}

const REFUSALS: readonly (readonly [LeftOut, RegExp])[] = [
  ['temperature', /\btemperature\b/i],
  ['thinking', /\bthinking\b/i],
  ['effort', /\boutput_config\b|\beffort\b|\breasoning/i],
  ['cache', /\bcach(?:e|ing)/i],
  ['stops', /\bstop ?_?sequences?\b/i],
  ['tool-choice', /\btool_?choice\b|forc\w+ tool/i],
];

function refusedField(error: unknown, leftOut: ReadonlySet<LeftOut>): LeftOut | undefined {
  if (!(error instanceof ReaperError) || (error.status !== 400 && error.status !== 403)) return undefined;
  if (error.kind !== 'bad-response' && !/\bcach(?:e|ing)/i.test(error.message)) return undefined;
  return REFUSALS.find(([field, pattern]) => !leftOut.has(field) && pattern.test(error.message))?.[0];
}

/**
 * Models are listed by another host, which an API key for this one need not open. Asked here instead for an answer to nothing: it
 * is refused, costs nothing, and how it is refused shows whether the credentials and the model's name are good.
 */
async function probe(client: BedrockClient, call: ProbeCall): Promise<ProbeResult> {
  const startedMs = performance.now();
  const result = (found: Partial<ProbeResult>): ProbeResult => ({
    reachable: true,
    keyAccepted: true,
    modelPresent: undefined,
    models: [],
    model: call.model,
    fim: { type: 'hole-filler' },
    roundTripMs: performance.now() - startedMs,
    slots: undefined,
    problem: undefined,
    ...found,
  });
  if (call.model === undefined) {
    return result({
      keyAccepted: undefined,
      problem: 'No model is named. Name one of your account’s in the settings.',
    });
  }
  const present = { modelPresent: true, models: [call.model] };
  try {
    await client.ask(call, { modelId: call.model, messages: [] });
    return result(present);
  } catch (error) {
    if (!(error instanceof ReaperError) || isCancellation(error)) throw error;
    const { kind, status, message } = error;
    if (kind === 'bad-response' && status === 400) return result(present);
    if (kind === 'auth') return result({ keyAccepted: status === undefined ? undefined : false, problem: message });
    if (kind === 'invalid-config') return result({ modelPresent: false, problem: message });
    const reachable = status !== undefined;
    return result({ reachable, keyAccepted: undefined, fim: { type: 'none' }, problem: message });
  }
}
