/** A user by the typing model of completions.md §13.2: log-normal keys, pauses, typos, and Tab for what is wholly right. */
import type { Clock } from '../../src/base/clock.ts';
import { type Random, logNormal } from '../oracle/random.ts';
import type { EditorModel } from './vscode-model.ts';

const KEY_MEDIAN_MS = 165;
const KEY_SIGMA = 0.4;
const LINE_START_PAUSE_MS = 1200;
const LINE_START_SIGMA = 0.5;
const MID_LINE_PAUSE_SHARE = 0.04;
const MID_LINE_PAUSE_MS = 1300;
const TYPO_SHARE = 0.02;
/** Until a typo is noticed. */
const NOTICE_MS = 280;
/** A suggestion that is wholly right is accepted when it has been up for so long. */
const READ_MS = 450;
/** A look at what was just accepted, before the next key. */
const AFTER_ACCEPT_MS = 500;
/** Share of accepts that are undone, after which the user writes the line alone. */
const UNDO_SHARE = 0.03;

export type UserEvent =
  | {
      readonly type: 'key';
      readonly at: number;
      readonly offset: number;
      readonly matched: boolean;
      readonly lineStart: boolean;
    }
  | { readonly type: 'typo'; readonly at: number; readonly offset: number; readonly ghostBefore: boolean }
  | { readonly type: 'backspace'; readonly at: number; readonly offset: number }
  | { readonly type: 'accept'; readonly at: number; readonly offset: number; readonly characters: number }
  | { readonly type: 'undo'; readonly at: number; readonly offset: number }
  | {
      readonly type: 'pause';
      readonly at: number;
      readonly until: number;
      readonly offset: number;
      /** How long it would have been without an accept. */
      readonly plannedMs: number;
    };

export interface UserOptions {
  readonly clock: Clock;
  readonly editor: EditorModel;
  /** What the document will hold; its beginning is there already. */
  readonly target: string;
  readonly start: number;
  readonly random: Random;
  readonly onEvent: (event: UserEvent) => void;
}

/** Types the target to its end. */
export async function typeTarget(options: UserOptions): Promise<void> {
  const { clock, editor, target, random, onEvent } = options;
  let offset = options.start;
  let rightSince: number | undefined;
  let wake: () => void = () => undefined;
  let aloneUntil = -1;

  let misspelt = false;

  const look = (): void => {
    const right = !misspelt && isWhollyRight(editor.ghost, target, offset);
    rightSince = right ? (rightSince ?? clock.now()) : undefined;
  };
  const watching = editor.onGhost(() => {
    look();
    wake();
  });
  const sleepUntil = (until: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = clock.setTimeout(() => wake(), Math.max(0, until - clock.now()));
      wake = () => {
        timer.dispose();
        wake = () => undefined;
        resolve();
      };
    });

  /** Waits for the next key; accepts on the way what has been right for long enough. Returns whether it did. */
  const waitFor = async (waitMs: number): Promise<boolean> => {
    const from = clock.now();
    const end = from + waitMs;
    let accepted = false;
    while (clock.now() < end) {
      const acceptAt = rightSince === undefined || offset < aloneUntil ? Infinity : rightSince + READ_MS;
      if (clock.now() >= acceptAt) {
        accepted = true;
        break;
      }
      await sleepUntil(Math.min(end, acceptAt));
    }
    onEvent({ type: 'pause', at: from, until: clock.now(), offset, plannedMs: waitMs });
    return accepted;
  };

  while (offset < target.length) {
    const lineStart = target.lastIndexOf('\n', offset - 1) + 1;
    const atLineStart = target.slice(lineStart, offset).trim() === '';
    let waitMs = logNormal(random, KEY_MEDIAN_MS, KEY_SIGMA);
    if (atLineStart) {
      waitMs += logNormal(random, LINE_START_PAUSE_MS, LINE_START_SIGMA);
    } else if (random() < MID_LINE_PAUSE_SHARE) {
      waitMs += logNormal(random, MID_LINE_PAUSE_MS, KEY_SIGMA);
    }
    while (await waitFor(waitMs)) {
      const text = editor.ghost ?? '';
      const before = offset;
      rightSince = undefined;
      offset += text.length;
      onEvent({ type: 'accept', at: clock.now(), offset, characters: text.length });
      editor.accept();
      look();
      if (random() < UNDO_SHARE) {
        await waitFor(logNormal(random, 700, KEY_SIGMA));
        rightSince = undefined;
        offset = before;
        aloneUntil = before + text.length;
        onEvent({ type: 'undo', at: clock.now(), offset });
        editor.undoAccept();
        look();
      }
      waitMs = logNormal(random, AFTER_ACCEPT_MS, KEY_SIGMA);
      if (offset >= target.length) {
        watching.dispose();
        return;
      }
    }
    const next = target.charAt(offset);
    if (/[a-z]/.test(next) && random() < TYPO_SHARE) {
      const wrong = next === 'x' ? 'q' : 'x';
      const ghostBefore = editor.ghost !== undefined;
      onEvent({ type: 'typo', at: clock.now(), offset, ghostBefore });
      rightSince = undefined;
      misspelt = true;
      editor.type(wrong);
      await new Promise<void>((resolve) => clock.setTimeout(resolve, logNormal(random, NOTICE_MS, KEY_SIGMA)));
      misspelt = false;
      onEvent({ type: 'backspace', at: clock.now(), offset });
      editor.backspace();
      look();
      continue;
    }
    // Enter brings the next line's indentation with it, as the editor's own rules would.
    const inserted = next === '\n' ? (/^\n[ ]*/.exec(target.slice(offset))?.[0] ?? '\n') : next;
    const ghost = editor.ghost;
    const matched = ghost !== undefined && ghost.length > inserted.length && ghost.startsWith(inserted);
    if (!matched) {
      rightSince = undefined;
    }
    offset += inserted.length;
    onEvent({ type: 'key', at: clock.now(), offset, matched, lineStart: next === '\n' });
    editor.type(inserted);
    look();
  }
  watching.dispose();
}

/** Whether everything that is shown is what the user means to write, to the end of a line. */
function isWhollyRight(text: string | undefined, target: string, offset: number): boolean {
  if (text === undefined || text.trim() === '' || !target.startsWith(text, offset)) {
    return false;
  }
  const following = target.charAt(offset + text.length);
  return following === '\n' || following === '';
}
