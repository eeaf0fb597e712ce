/** What all probes have in common: one clock for the round trip, and a result also where something fails. */
import { isCancellation, ReaperError } from '../../base/errors.ts';
import type { ProbeCall, ProbeResult } from '../wire.ts';
import { type Exchange, readJson, send } from './transport.ts';

export interface Findings {
  readonly model?: string | undefined;
  readonly modelPresent: boolean | undefined;
  readonly models: readonly string[];
  readonly fim: ProbeResult['fim'];
  readonly slots?: number | undefined;
  readonly problem?: string | undefined;
}

/** Sends, and gives the JSON of the answer. The first one that is answered at all gives the round-trip time. */
export type Ask = (exchange: Exchange) => Promise<unknown>;

/** Throws only for cancellation; every other failure becomes a result that says what is wrong. */
export async function probeWith(call: ProbeCall, find: (ask: Ask) => Promise<Findings>): Promise<ProbeResult> {
  let roundTripMs: number | undefined;
  const ask: Ask = async (exchange) => {
    const startedMs = performance.now();
    try {
      const response = await send(call, exchange);
      roundTripMs ??= performance.now() - startedMs;
      return await readJson(response, call);
    } catch (error) {
      if (isReachable(error)) roundTripMs ??= performance.now() - startedMs;
      throw error;
    }
  };
  try {
    const found = await find(ask);
    return {
      reachable: true,
      keyAccepted: call.credential === undefined ? undefined : true,
      modelPresent: found.modelPresent,
      models: found.models,
      model: found.model,
      fim: found.fim,
      roundTripMs: roundTripMs ?? 0,
      slots: found.slots,
      problem: found.problem,
    };
  } catch (error) {
    if (!(error instanceof ReaperError) || isCancellation(error)) throw error;
    return {
      reachable: isReachable(error),
      keyAccepted: error.kind === 'auth' ? false : undefined,
      modelPresent: undefined,
      models: [],
      fim: { type: 'none' },
      roundTripMs: roundTripMs ?? 0,
      slots: undefined,
      problem: error.message,
    };
  }
}

/** The status of an answer to a request that was expected to fail; `undefined` if it did not. */
export async function refusalOf(ask: Ask, exchange: Exchange): Promise<ReaperError | undefined> {
  try {
    await ask(exchange);
    return undefined;
  } catch (error) {
    // Whatever says nothing about the request itself is a failure of the probe.
    if (!(error instanceof ReaperError) || isCancellation(error) || !isReachable(error) || error.kind === 'auth')
      throw error;
    return error;
  }
}

/** Said where a model that was named is not among those listed. */
export function missingModel(model: string, models: readonly string[]): string {
  // Enough to recognise the spelling; OpenRouter lists hundreds.
  const listed = models.slice(0, 8).join(', ');
  return `The model ${model} is not there. ${models.length === 0 ? 'The server lists none.' : `The server has: ${listed}${models.length > 8 ? ', …' : ''}.`}`;
}

/** For servers of whose models no more is asked than their names; `models` undefined: it keeps no list. */
export function findingsOf(call: ProbeCall, models: readonly string[] | undefined, fim: ProbeResult['fim']): Findings {
  const { model } = call;
  const modelPresent = model === undefined ? undefined : models?.includes(model);
  return {
    models: models ?? [],
    model,
    modelPresent,
    fim,
    problem: model !== undefined && modelPresent === false ? missingModel(model, models ?? []) : undefined,
  };
}

/** Whether somebody who speaks HTTP answered. */
function isReachable(error: unknown): boolean {
  if (!(error instanceof ReaperError)) return false;
  return error.status !== undefined || !['network', 'timeout', 'privacy', 'invalid-config'].includes(error.kind);
}
