/** The form of the rules that work on lines: a draft goes in, a draft or a verdict comes out. */
import type { Draft, Verdict } from './draft.ts';
import type { Scene } from './scene.ts';

export type LineRule = (draft: Draft, scene: Scene) => Draft | Verdict;
