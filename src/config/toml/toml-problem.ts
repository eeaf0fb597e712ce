/** What can be wrong with a `reaper.toml`, as data: the texts are made where they are shown. */
import type { Accepts } from '../setting.ts';
import type { Position } from './key-positions.ts';

export type TomlFault =
  | { readonly type: 'syntax'; readonly message: string }
  | { readonly type: 'wrong-value'; readonly name: string; readonly found: string; readonly accepts: Accepts }
  | { readonly type: 'unknown-key'; readonly name: string; readonly nearest: string | undefined }
  /** A workspace may not set it. */
  | { readonly type: 'user-only'; readonly name: string }
  | { readonly type: 'secret'; readonly name: string }
  | { readonly type: 'editor-decides'; readonly name: string }
  | { readonly type: 'without-effect'; readonly name: string }
  | { readonly type: 'unreadable'; readonly reason: UnreadableReason };

export type UnreadableReason = 'too-large' | 'not-text' | 'outside' | 'not-a-file' | 'failed';

export interface TomlProblem {
  readonly path: string;
  readonly position: Position;
  readonly fault: TomlFault;
}
