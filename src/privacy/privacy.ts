/** What may leave this machine, as the rest of Reaper asks it. */
import type { Event } from '../base/event.ts';

export type FileVerdict =
  | { readonly allowed: true }
  /** `reason` names the rule and where it stands, e.g. `.reaperignore: *.pem`. */
  | { readonly allowed: false; readonly reason: string };

export interface Privacy {
  /** Whether a file's text may be read for prompts and for learning. Synchronous: ignore files are read ahead and watched. */
  mayRead(uri: string): FileVerdict;
  /** The text with every detected secret replaced by a placeholder of the same kind; the same string if there is none. */
  withoutSecrets(text: string): string;
  /** Whether the text holds a secret. */
  hasSecret(text: string): boolean;
  /**
   * The part of a text from `start` to `end`, without secrets that stand in it or reach into it: they are looked for in the
   * whole text. For windows: hand over what lies beyond their edges as well (`WINDOW_MARGIN` in `secrets.ts`).
   */
  withoutSecretsIn?(text: string, start: number, end: number): string;
}

/** Privacy of the open workspace: verdicts on files that nobody has opened yet. */
export interface WorkspacePrivacy extends Privacy {
  /** The verdict after reading the ignore files that it takes; `mayRead` says no until they have been read. */
  readAhead(uri: string): Promise<FileVerdict>;
  /** Ignore files, links or settings changed: ask again before using what was read. */
  readonly onVerdictsChanged: Event<void>;
  withoutSecretsIn(text: string, start: number, end: number): string;
}
