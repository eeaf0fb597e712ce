/** One file being typed in the editor: what has been typed so far, what remains, and how long the right text took to appear. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OracleServer } from '../oracle/server.ts';
import type { GhostNote } from './page-recorder.ts';
import type { Recorder } from './recorder.ts';
import type { Typist } from './typist.ts';
import { type Place, acceptedText, firstRight, isRight, restOfLine, shownAt } from './observe.ts';
import { type Session, openFile } from './session.ts';

const SETTLE_MS = 1500;

/** A workspace file that holds the target up to the offset. */
export interface StagedFile {
  readonly fileName: string;
  readonly target: string;
  readonly offset: number;
}

export interface Stage {
  readonly session: Session;
  readonly recorder: Recorder;
  readonly typist: Typist;
  readonly oracle: OracleServer;
  /** What a scenario may type. */
  files: readonly StagedFile[];
  fileName: string;
  target: string;
  /** How much of the target is in the editor. */
  offset: number;
  /** The editor closes brackets and quotes by itself here. */
  readonly closesBrackets: boolean;
}

/** Opens one of the files, with the cursor at its end. */
export async function enter(stage: Stage, index: number): Promise<void> {
  const file = stage.files[index];
  if (file === undefined) {
    throw new RangeError(`There is no file ${index}`);
  }
  await openFile(stage.session.page, file.fileName);
  stage.oracle.configure({ targets: [file.target] });
  stage.fileName = file.fileName;
  stage.target = file.target;
  stage.offset = file.offset;
  // VS Code looks at a new file for a while (colours arrive, TypeScript reads it); typing begins after that.
  await stage.typist.rest(SETTLE_MS);
}

export function placeOf(stage: Stage): Place {
  return { target: stage.target, offset: stage.offset, butForClosers: stage.closesBrackets };
}

/** Types the next characters of the target. */
export async function typeOn(stage: Stage, count: number, intervalMs: number): Promise<readonly number[]> {
  const text = stage.target.slice(stage.offset, stage.offset + count);
  const times = await stage.typist.type(text, intervalMs);
  stage.offset += text.length;
  return times;
}

/** The next offset at or after `wanted` at which there is something to predict on the line. */
export function predictable(target: string, wanted: number): number {
  for (let offset = wanted; offset < target.length; offset++) {
    const rest = restOfLine({ target, offset });
    const lineStart = target.lastIndexOf('\n', offset - 1) + 1;
    if (rest.trim().length >= 3 && target.slice(lineStart, offset).trim() !== '') {
      return offset;
    }
  }
  return target.length;
}

/** Milliseconds from a key until the right text was up, or `Infinity` if it did not come in time. */
export async function latencyToRight(stage: Stage, keyAt: number, timeoutMs: number): Promise<number> {
  const place = placeOf(stage);
  await stage.recorder.waitFor((note) => note.at >= keyAt && isRight(note, place), timeoutMs);
  const at = firstRight(stage.recorder.ghosts, place, keyAt, Infinity);
  return at === undefined ? Infinity : at - keyAt;
}

/** Presses Tab if the right text is up, and follows the target by what was inserted. */
export async function acceptRight(stage: Stage): Promise<number | undefined> {
  if (!isRight(stage.recorder.current, placeOf(stage))) {
    return undefined;
  }
  const keyAt = await stage.typist.press('Tab');
  const shown: GhostNote | undefined = shownAt(stage.recorder.ghosts, keyAt);
  if (shown === undefined || !isRight(shown, placeOf(stage))) {
    throw new Error('The ghost text changed while Tab went down');
  }
  stage.offset += acceptedText(shown).length;
  return keyAt;
}

/** Whether the file holds exactly what should have been typed. */
export async function savedText(stage: Stage): Promise<string> {
  await stage.session.page.keyboard.press('Escape');
  await stage.session.page.keyboard.press('Control+s');
  await stage.session.page.locator(`.tab.active[data-resource-name="${stage.fileName}"]:not(.dirty)`).waitFor();
  return readFileSync(join(stage.session.workspace, stage.fileName), 'utf8');
}
