/** Where a stream can be stopped because nothing that follows would be shown. */
import type { Draft } from './draft.ts';
import { beginDraft, finishDraft, followingDraft } from './finish-draft.ts';
import type { FindStreamEnd, StreamEnd } from './finish.ts';
import { isWordLoop } from './repetition.ts';
import { sceneOf } from './scene.ts';

export const findStreamEnd: FindStreamEnd = (raw, context, lookAheadLines) => {
  if (isWordLoop(raw)) {
    return { cutAt: raw.length, reason: 'repetition' };
  }
  const scene = sceneOf(context);
  const draft = beginDraft(raw, false, scene);
  const finished =
    draft.type === 'draft' ? finishDraft(draft, scene, { statements: 'one', maxLines: context.maxLines }) : draft;
  if (draft.type !== 'draft' || finished.type !== 'draft') {
    // What will not be shown need not be waited for.
    return finished.type === 'nothing' ? { cutAt: raw.length, reason: reasonOf(finished.rule) } : undefined;
  }
  if (context.mode === 'block') {
    return endOf(finished, draft);
  }
  const following = followingDraft(draft, scene, { statements: 'all', maxLines: 1 + lookAheadLines });
  return following.type === 'draft' ? endOf(following, draft) : undefined;
};

/** The whole last line is kept: what the user types over may be a part of it. */
function endOf({ end, lines }: Draft, { lines: all }: Draft): StreamEnd | undefined {
  const last = lines.at(-1)?.rawEnd;
  if (end === undefined || end === 'line' || last === undefined) {
    return undefined;
  }
  const cutAt = all.find(({ rawEnd }) => rawEnd >= last)?.rawEnd ?? last;
  return { cutAt, reason: end === 'answer' ? 'block-end' : end };
}

function reasonOf(rule: string): StreamEnd['reason'] {
  return rule === 'repetition' ? 'repetition' : 'suffix';
}
