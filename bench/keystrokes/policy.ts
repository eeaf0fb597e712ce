/** The policy part: one document typed to its end in virtual time, and what came of it. */
import { createFakeClock } from '../../test/fakes/fake-clock.ts';
import { seededRandom } from '../oracle/random.ts';
import type { OracleRequest } from '../oracle/server.ts';
import { createVirtualOracle } from '../oracle/virtual-oracle.ts';
import type { Clock } from '../../src/base/clock.ts';
import type { Router } from '../../src/router/router.ts';
import type { GhostSource } from './ghost-source.ts';
import { createMemoryDocument } from './memory-document.ts';
import { createServedRouter } from './reaper-source.ts';
import { type UserEvent, typeTarget } from './user.ts';
import { type ColdPlace, coldWait } from './cold.ts';
import { DEBOUNCE_MS, type GhostEvent, createEditorModel } from './vscode-model.ts';

export interface PolicyModel {
  readonly ttftMs: number;
  readonly tokenMs: number;
  readonly slots: number;
  readonly unpredictableShare: number;
}

export type CreateSource = (clock: Clock, router: Router) => GhostSource;

export interface PolicyRun {
  readonly events: readonly UserEvent[];
  readonly ghosts: readonly GhostEvent[];
  readonly requests: readonly OracleRequest[];
  readonly flickers: number;
  readonly corrections: number;
  readonly target: string;
  readonly virtualMs: number;
}

export async function runPolicy(
  createSource: CreateSource,
  model: PolicyModel,
  target: string,
  start: number,
  seed: number,
): Promise<PolicyRun> {
  const clock = createFakeClock();
  const oracle = createVirtualOracle(clock, { ...model, targets: [target], maxLines: 4 });
  const router = await createServedRouter({ clock, fetch: oracle.fetch, baseUrl: 'http://127.0.0.1:8080' });
  const source = createSource(clock, router);
  const document = createMemoryDocument('/project/inventory.ts', 'typescript', target.slice(0, start));
  const editor = createEditorModel(clock, document, source);
  // The probe of the server, and the first answer, from which the router knows how fast the server is.
  await clock.advance(3000);
  const events: UserEvent[] = [];
  const ghosts: GhostEvent[] = [];
  let finished = false;
  editor.onGhost((event) => ghosts.push(event));
  const typing = typeTarget({
    clock,
    editor,
    target,
    start,
    random: seededRandom(seed),
    onEvent: (event) => events.push(event),
  }).finally(() => {
    finished = true;
  });
  const from = clock.now();
  while (!finished) {
    await clock.advance(1000);
  }
  await typing;
  editor.dispose();
  source.dispose();
  router.dispose();
  await clock.advance(100);
  return {
    events,
    ghosts,
    requests: oracle.requests,
    flickers: editor.flickers.length,
    corrections: editor.corrections.length,
    target,
    virtualMs: clock.now() - from,
  };
}

/** For cold line starts: the wait for the text over what the model and the host take, in milliseconds. */
export async function runCold(
  createSource: CreateSource,
  model: PolicyModel,
  target: string,
  places: readonly ColdPlace[],
): Promise<readonly number[]> {
  const clock = createFakeClock();
  const oracle = createVirtualOracle(clock, { ...model, targets: [target], maxLines: 4 });
  const router = await createServedRouter({ clock, fetch: oracle.fetch, baseUrl: 'http://127.0.0.1:8080' });
  const source = createSource(clock, router);
  await clock.advance(3000);
  const added: number[] = [];
  for (const [index, place] of places.entries()) {
    let result: { readonly keyAt: number; readonly waitMs: number | undefined } | undefined;
    void coldWait(clock, source, place, `cold-${index}.ts`).then((wait) => (result = wait));
    while (result === undefined) {
      await clock.advance(50);
    }
    // Late work of this place ends before the next begins.
    await clock.advance(4000);
    added.push(addedWait(result, oracle.requests));
  }
  source.dispose();
  router.dispose();
  return added;
}

/** Over the model's first line, or the host's debounce if that is longer. */
export function addedWait(
  { keyAt, waitMs }: { readonly keyAt: number; readonly waitMs: number | undefined },
  requests: readonly OracleRequest[],
): number {
  const request = requests.find((other) => other.arrivedAt >= keyAt && other.startedAt !== undefined);
  if (waitMs === undefined || request?.firstLineAt === undefined || request.startedAt === undefined) {
    return Infinity;
  }
  return waitMs - Math.max(DEBOUNCE_MS, request.firstLineAt - request.startedAt);
}
