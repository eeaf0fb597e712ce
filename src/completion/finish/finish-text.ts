/** From what a model has streamed so far to the text that may be shown. */
import { linesText } from './draft.ts';
import { beginDraft, finishDraft } from './finish-draft.ts';
import type { Finish, FinishResult } from './finish.ts';
import { sceneOf } from './scene.ts';

export const finishText: Finish = (raw, done, context): FinishResult => {
  const scene = sceneOf(context);
  const begun = beginDraft(raw, done, scene);
  if (begun.type !== 'draft') {
    return begun;
  }
  const draft = finishDraft(begun, scene, { statements: 'one', maxLines: context.maxLines });
  if (draft.type !== 'draft') {
    return draft;
  }
  const text = linesText(draft.lines);
  const consumed = draft.lines.at(-1)?.rawEnd ?? 0;
  const final = draft.end !== undefined;
  if (draft.restIndent !== undefined) {
    const broken = consumed + lineBreakAt(raw, consumed);
    return { type: 'text', text: `${text}\n${draft.restIndent}`, final, consumed: broken };
  }
  return { type: 'text', text, final, consumed };
};

function lineBreakAt(raw: string, at: number): number {
  return raw.startsWith('\r\n', at) ? 2 : raw.startsWith('\n', at) || raw.startsWith('\r', at) ? 1 : 0;
}
