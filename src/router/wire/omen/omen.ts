/** OMEN, the gateway: over HTTP or gRPC, whichever answers, and the same one again next time. */
import { ReaperError } from '../../../base/errors.ts';
import type { StreamPart } from '../../stream-part.ts';
import type { ProbeCall, ProbeResult, WireCall, WireModule } from '../../wire.ts';
import { noFim } from '../no-fim.ts';
import { once } from '../once.ts';
import { type Ask, type Findings, missingModel, probeWith } from '../probing.ts';
import { checkHttpHealth, listOverHttp, openOverHttp } from './http.ts';

type Way = 'http' | 'grpc';

export function omenWire(): WireModule {
  const loadGrpc = once(async () => (await import('./grpc.ts')).createOmenGrpc());
  /** Per pair of addresses: which of the two answered. */
  const found = new Map<string, Way>();

  async function* stream(call: WireCall): AsyncGenerator<StreamPart, void, undefined> {
    if (call.input.type === 'fim' && call.fim.type === 'none') throw noFim(call);
    const way = wayOf(call) ?? found.get(keyOf(call)) ?? 'http';
    if (way === 'grpc') {
      yield* (await loadGrpc()).stream(call, grpcUrlOf(call));
      return;
    }
    let opened: AsyncGenerator<StreamPart, void, undefined>;
    try {
      opened = await openOverHttp(call);
    } catch (error) {
      // Only where certainly nothing was sent, and nobody said which way it must be.
      if (wayOf(call) === 'http' || !isRefused(error) || !(await answersOverGrpc(call))) throw error;
      found.set(keyOf(call), 'grpc');
      yield* (await loadGrpc()).stream(call, grpcUrlOf(call));
      return;
    }
    yield* opened;
  }

  async function answersOverGrpc(call: WireCall): Promise<boolean> {
    try {
      return (await (await loadGrpc()).health(call, grpcUrlOf(call))) === undefined;
    } catch {
      // Then the error of the way that was tried first says more.
      call.signal.throwIfAborted();
      return false;
    }
  }

  async function find(call: ProbeCall, ask: Ask): Promise<Findings> {
    const way = wayOf(call);
    if (way === 'grpc') return findOverGrpc(call);
    try {
      const problem = await checkHttpHealth(call, ask);
      const models = await listOverHttp(call, ask);
      found.set(keyOf(call), 'http');
      return findings(call, models, problem);
    } catch (error) {
      if (way === 'http' || !isAbsent(error)) throw error;
      try {
        const findingsOverGrpc = await findOverGrpc(call);
        found.set(keyOf(call), 'grpc');
        return findingsOverGrpc;
      } catch {
        call.signal.throwIfAborted();
        throw error;
      }
    }
  }

  async function findOverGrpc(call: ProbeCall): Promise<Findings> {
    const grpc = await loadGrpc();
    const url = grpcUrlOf(call);
    const problem = await grpc.health(call, url);
    return findings(call, await grpc.models(call, url), problem);
  }

  return { stream, probe: (call) => probeTimed(call, find) };
}

/** Over gRPC nothing is asked by `fetch`, so the time is that of the whole probe. */
async function probeTimed(
  call: ProbeCall,
  find: (call: ProbeCall, ask: Ask) => Promise<Findings>,
): Promise<ProbeResult> {
  const startedMs = performance.now();
  const result = await probeWith(call, (ask) => find(call, ask));
  return result.roundTripMs === 0 ? { ...result, roundTripMs: performance.now() - startedMs } : result;
}

function findings(call: ProbeCall, models: readonly string[], problem: string | undefined): Findings {
  const modelPresent = call.model === undefined ? undefined : models.includes(call.model);
  return {
    models,
    model: call.model ?? models[0],
    modelPresent,
    fim: { type: 'hole-filler' },
    problem:
      problem ??
      (call.model !== undefined && modelPresent === false
        ? missingModel(call.model, models)
        : models.length === 0
          ? 'OMEN has no model. Set up a provider in its omen.toml.'
          : undefined),
  };
}

type Addressed = Pick<WireCall, 'baseUrl' | 'options'>;

function wayOf({ options }: Addressed): Way | undefined {
  const chosen = options['transport'];
  return chosen === 'http' || chosen === 'grpc' ? chosen : undefined;
}

/** Its gRPC is meant to listen one port above its HTTP. */
export function grpcUrlOf({ baseUrl, options }: Addressed): string {
  const chosen = options['grpcUrl'] ?? '';
  if (chosen !== '') return chosen;
  if (!URL.canParse(baseUrl)) return baseUrl;
  const url = new URL(baseUrl);
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  return `${url.protocol}//${url.hostname}:${port + 1}`;
}

function keyOf(call: Addressed): string {
  return `${call.baseUrl} ${grpcUrlOf(call)}`;
}

/** Nobody listens there. */
function isRefused(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && cause.code === 'ECONNREFUSED') return true;
  }
  return false;
}

/** Nobody is there, or somebody who is not OMEN's HTTP. */
function isAbsent(error: unknown): boolean {
  if (!(error instanceof ReaperError)) return false;
  return error.kind === 'network' || error.kind === 'bad-response' || error.status === 404;
}
