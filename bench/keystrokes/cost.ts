/** The cost part: real HTTP and real time, with the oracle in another process. */
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/base/clock.ts';
import { startOracleProcess } from '../oracle/child.ts';
import { wallNow } from '../oracle/server.ts';
import type { OracleProcess } from '../oracle/child.ts';
import type { GhostSource } from './ghost-source.ts';
import { type ColdPlace, coldWait } from './cold.ts';
import { createMemoryDocument } from './memory-document.ts';
import { type CreateSource, addedWait } from './policy.ts';
import { createServedRouter } from './reaper-source.ts';
import { createEditorModel } from './vscode-model.ts';

export interface Cost {
  /** Over the model and the host, per cold line start. */
  readonly coldMs: readonly number[];
  /** From the call of `provide` to its answer, where the answer is known. */
  readonly cachedMs: readonly number[];
  /** From the key that makes a request useless to the server seeing its end. */
  readonly abortMs: readonly number[];
}

/** `process.hrtime` of both processes starts elsewhere: what they tell each other is in milliseconds since 1970. */
const toWall = wallNow() - systemClock.now();

export async function measureCost(
  createSource: CreateSource,
  target: string,
  places: readonly ColdPlace[],
  parts: readonly ('cached' | 'aborts')[],
): Promise<Cost> {
  return withSource(
    createSource,
    { targets: [target], ttftMs: 200, tokenMs: 8, maxLines: 4, slots: 4 },
    async (source, oracle) => {
      const coldMs: number[] = [];
      for (const [index, place] of places.entries()) {
        const wait = await coldWait(systemClock, source, place, `cold-${index}.ts`);
        await sleep(150);
        const requests = await oracle.configure({});
        coldMs.push(addedWait({ keyAt: wait.keyAt + toWall, waitMs: wait.waitMs }, requests));
      }
      const cachedMs = parts.includes('cached') ? await measureCached(source, target, places) : [];
      const abortMs = parts.includes('aborts') ? await measureAborts(source, oracle, places) : [];
      return { coldMs, cachedMs, abortMs };
    },
  );
}

export async function withSource<T>(
  createSource: CreateSource,
  options: Parameters<typeof startOracleProcess>[0],
  work: (source: GhostSource, oracle: OracleProcess) => Promise<T>,
): Promise<T> {
  const oracle = await startOracleProcess(options);
  const router = await createServedRouter({ clock: systemClock, fetch: globalThis.fetch, baseUrl: oracle.url });
  const source = createSource(systemClock, router);
  try {
    // Until the router knows the server.
    for (let attempt = 0; attempt < 100 && router.completionRoute()[0]?.model === undefined; attempt++) {
      await sleep(20);
    }
    return await work(source, oracle);
  } finally {
    source.dispose();
    router.dispose();
    await oracle.close();
  }
}

/** Types through what is shown and asks at each key, as the editor does. */
async function measureCached(
  source: GhostSource,
  target: string,
  places: readonly ColdPlace[],
): Promise<readonly number[]> {
  const waits: number[] = [];
  for (const [index, place] of places.slice(0, 8).entries()) {
    const document = createMemoryDocument(`/project/cached-${index}.ts`, 'typescript', place.before);
    const editor = createEditorModel(systemClock, document, source);
    editor.type(place.typed);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, 2000);
      editor.onGhost(({ text }) => {
        if (text !== undefined) {
          clearTimeout(timer);
          resolve();
        }
      });
    });
    // The rest of the stream.
    await sleep(400);
    const rest = target.slice(place.before.length + place.typed.length).split('\n')[0] ?? '';
    for (const character of rest.slice(0, -1)) {
      editor.type(character);
      const { view, cursor } = document;
      const startedAt = performance.now();
      const answer = await source.provide(
        { document: view, position: cursor, trigger: 'automatic', selectedEntry: undefined },
        new AbortController().signal,
      );
      if (answer.length > 0) {
        waits.push(performance.now() - startedAt);
      }
    }
    editor.dispose();
  }
  return waits;
}

/** A request runs; a key in another document makes it useless. */
async function measureAborts(
  source: GhostSource,
  oracle: OracleProcess,
  places: readonly ColdPlace[],
): Promise<readonly number[]> {
  await oracle.configure({ ttftMs: 2000, slots: 1 });
  const waits: number[] = [];
  for (const [index, place] of places.slice(0, 12).entries()) {
    const first = createMemoryDocument(`/project/left-${index}.ts`, 'typescript', place.before);
    const other = createMemoryDocument(`/project/entered-${index}.ts`, 'typescript', places.at(-1)?.before ?? '');
    const [left, entered] = [
      createEditorModel(systemClock, first, source),
      createEditorModel(systemClock, other, source),
    ];
    left.type(place.typed);
    await sleep(150);
    left.dispose();
    const keyAt = wallNow();
    entered.type('\n');
    await sleep(120);
    const requests = await oracle.configure({});
    const abortedAt = requests.find((request) => request.arrivedAt < keyAt && !request.warmUp)?.abortedAt;
    waits.push(abortedAt === undefined ? Infinity : abortedAt - keyAt);
    entered.dispose();
    await sleep(60);
  }
  return waits;
}
