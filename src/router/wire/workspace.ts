/** Asks the embedded predictor: one prediction, one text delta, no tokens billed. */
import { ReaperError } from '../../base/errors.ts';
import type { Predictor, PredictorState } from '../../predictor/predictor.ts';
import { NO_TOKENS, type StreamPart } from '../stream-part.ts';
import type { ProbeResult, WireCall, WireModule } from '../wire.ts';

// The predictor's own bound decides in practice; its answers are a few lines.
const MOST_LINES = 20;

export function createWorkspaceWire(predictor: Predictor): WireModule {
  return {
    stream: (call) => streamPrediction(predictor, call),
    probe: () => Promise.resolve(describe(predictor.state)),
  };
}

async function* streamPrediction(predictor: Predictor, call: WireCall): AsyncGenerator<StreamPart, void, undefined> {
  const { input, limits, signal } = call;
  if (input.type !== 'fim') {
    throw new ReaperError(
      'invalid-config',
      'The embedded model completes code only; choose another provider for chat.',
    );
  }
  const { path, language, prefix, suffix } = input;
  const prediction = await predictor.predict({ path, language, prefix, suffix, maxLines: MOST_LINES }, signal);
  const text = prediction === undefined ? '' : untilStop(prediction.text, limits.stop);
  if (text !== '') yield { type: 'text-delta', text };
  yield { type: 'usage', usage: NO_TOKENS };
  yield { type: 'finish', reason: 'stop' };
}

function untilStop(text: string, stops: readonly string[]): string {
  let end = text.length;
  for (const stop of stops) {
    const at = stop === '' ? -1 : text.indexOf(stop);
    if (at !== -1 && at < end) end = at;
  }
  return text.slice(0, end);
}

function describe(state: PredictorState): ProbeResult {
  const works = state.state === 'learning' || state.state === 'ready';
  const problem = works ? undefined : (state.problem ?? 'The embedded model is switched off in the settings.');
  return {
    reachable: works,
    keyAccepted: undefined,
    modelPresent: works,
    models: ['workspace'],
    model: 'workspace',
    fim: { type: 'native' },
    roundTripMs: 0,
    slots: 1,
    problem,
  };
}
