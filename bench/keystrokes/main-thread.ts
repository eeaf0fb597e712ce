/** What a keystroke costs the extension host's only thread, in documents of different sizes. */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/base/clock.ts';
import { percentile } from '../report/statistics.ts';
import { withSource } from './cost.ts';
import { createMemoryDocument } from './memory-document.ts';
import type { CreateSource } from './policy.ts';
import { createEditorModel } from './vscode-model.ts';

export interface KeyCost {
  readonly lines: number;
  /** The change event and the provider's call, without what they leave for later. */
  readonly synchronousP50Ms: number | undefined;
  readonly synchronousP95Ms: number | undefined;
  /** Everything that ran in the thread until the next key, streaming and the bench's own work included. */
  readonly allP95Ms: number | undefined;
}

const KEYS = 270;
/** The first keys pay for code that is compiled. */
const WARM_UP_KEYS = 70;
/** Faster than anyone types, so that the run is short; slow enough for the provider to be asked at each key. */
const KEY_MS = 60;

export async function measureKeyCost(createSource: CreateSource, text: string, lines: number): Promise<KeyCost> {
  const filled = document(text, lines);
  const middle = filled.indexOf('\n}\n', Math.floor(filled.length / 2)) + 3;
  // An empty line between two declarations: in front of other text nothing would be asked.
  const [above, below] = [filled.slice(0, middle), filled.slice(middle)];
  const typed = text.slice(text.indexOf('export class'));
  const target = `${above}${typed}\n${below}`;
  const options = { targets: [target], ttftMs: 60, tokenMs: 8, maxLines: 4, slots: 4 };
  return withSource(createSource, options, async (source, oracle) => {
    const memory = createMemoryDocument('/project/large.ts', 'typescript', `${above}\n${below}`);
    memory.moveTo({ line: above.split('\n').length - 1, character: 0 });
    const keys: number[] = [];
    const all: number[] = [];
    let current = 0;
    const editor = createEditorModel(systemClock, memory, source, (_name, work) => {
      const startedAt = performance.now();
      work();
      current += performance.now() - startedAt;
    });
    let before = performance.eventLoopUtilization();
    for (const character of typed.slice(0, KEYS)) {
      current = 0;
      editor.type(character);
      await sleep(KEY_MS);
      keys.push(current);
      const now = performance.eventLoopUtilization();
      all.push(performance.eventLoopUtilization(now, before).active);
      before = now;
    }
    editor.dispose();
    if ((await oracle.configure({})).length === 0) {
      throw new Error('Nothing was asked: the keys went to a place where no ghost text is wanted');
    }
    keys.splice(0, WARM_UP_KEYS);
    all.splice(0, WARM_UP_KEYS);
    return {
      lines,
      synchronousP50Ms: percentile(keys, 50),
      synchronousP95Ms: percentile(keys, 95),
      allP95Ms: percentile(all, 95),
    };
  });
}

/** The fixture over and over, each time with other names, until there are so many lines. */
function document(text: string, lines: number): string {
  const each = text.split('\n').length;
  const copies = Array.from({ length: Math.ceil(lines / each) }, (_, copy) =>
    text.replaceAll(/\b([A-Z]\w+)\b/g, `$1${copy}`),
  );
  return copies.join('\n').split('\n').slice(0, lines).join('\n');
}
