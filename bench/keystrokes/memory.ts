/** Whether ten thousand keystrokes leave anything behind: the heap after a collection, at intervals. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createFakeClock } from '../../test/fakes/fake-clock.ts';
import { seededRandom } from '../oracle/random.ts';
import { createVirtualOracle } from '../oracle/virtual-oracle.ts';
import { createMemoryDocument } from './memory-document.ts';
import type { CreateSource, PolicyModel } from './policy.ts';
import { createServedRouter } from './reaper-source.ts';
import { typeTarget } from './user.ts';
import { createEditorModel } from './vscode-model.ts';

export interface HeapSample {
  readonly keys: number;
  readonly megabytes: number;
}

/** Types the texts one after the other, each in a document of its own that stays open. */
export async function measureHeap(
  createSource: CreateSource,
  model: PolicyModel,
  texts: readonly string[],
  keys: number,
): Promise<readonly HeapSample[]> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const clock = createFakeClock();
  const oracle = createVirtualOracle(clock, { ...model, targets: texts, maxLines: 4 });
  const router = await createServedRouter({ clock, fetch: oracle.fetch, baseUrl: 'http://127.0.0.1:8080' });
  const source = createSource(clock, router);
  await clock.advance(3000);
  const samples: HeapSample[] = [];
  const random = seededRandom(7);
  let typed = 0;
  let nextSample = 0;
  for (let round = 0; typed < keys; round++) {
    const target = texts[round % texts.length] ?? '';
    // Two documents in turn, as someone does who has two files open.
    const document = createMemoryDocument(`/project/file-${round % 2}.ts`, 'typescript', '');
    const editor = createEditorModel(clock, document, source);
    let finished = false;
    const onEvent = (event: { readonly type: string }): void => {
      typed += event.type === 'key' || event.type === 'backspace' ? 1 : 0;
    };
    const start = target.indexOf('\n') + 1;
    document.replace({ line: 0, character: 0 }, target.slice(0, start));
    void typeTarget({ clock, editor, target, start, random, onEvent }).finally(() => (finished = true));
    while (!finished) {
      await clock.advance(5000);
      if (typed >= nextSample) {
        // The bench's own notes are not the extension's memory.
        oracle.forget();
        collect();
        samples.push({ keys: typed, megabytes: process.memoryUsage().heapUsed / 1_048_576 });
        nextSample += 1000;
      }
    }
    editor.dispose();
  }
  source.dispose();
  router.dispose();
  return samples;
}
