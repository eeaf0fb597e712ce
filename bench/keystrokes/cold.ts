/** Cold line starts: Enter in a document that nobody has asked about, and the time until ghost text is up. */
import type { Clock } from '../../src/base/clock.ts';
import type { GhostSource } from './ghost-source.ts';
import { createMemoryDocument } from './memory-document.ts';
import { createEditorModel } from './vscode-model.ts';

export interface ColdPlace {
  /** The document up to the end of a line. */
  readonly before: string;
  /** The line break, and the indentation of the next line. */
  readonly typed: string;
}

/** Ends of lines, spread over the target, behind which a line with text comes. */
export function coldPlaces(target: string, start: number, count: number): readonly ColdPlace[] {
  const all: ColdPlace[] = [];
  for (let at = target.indexOf('\n', start); at >= 0; at = target.indexOf('\n', at + 1)) {
    const typed = /^\n[ ]*(?=\S)/.exec(target.slice(at))?.[0];
    if (typed !== undefined) {
      all.push({ before: target.slice(0, at), typed });
    }
  }
  const step = Math.max(1, Math.floor(all.length / count));
  return all.filter((_place, index) => index % step === 0).slice(0, count);
}

/** Milliseconds from the key to the text; `undefined` if nothing came within three seconds. */
export async function coldWait(
  clock: Clock,
  source: GhostSource,
  place: ColdPlace,
  documentName: string,
): Promise<{ readonly keyAt: number; readonly waitMs: number | undefined }> {
  const document = createMemoryDocument(`/project/${documentName}`, 'typescript', place.before);
  const editor = createEditorModel(clock, document, source);
  const shownAt = new Promise<number | undefined>((resolve) => {
    const timer = clock.setTimeout(() => resolve(undefined), 3000);
    editor.onGhost(({ at, text }) => {
      if (text !== undefined) {
        timer.dispose();
        resolve(at);
      }
    });
  });
  const keyAt = clock.now();
  editor.type(place.typed);
  const at = await shownAt;
  editor.dispose();
  return { keyAt, waitMs: at === undefined ? undefined : at - keyAt };
}
