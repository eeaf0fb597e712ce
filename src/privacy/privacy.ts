/** What may leave this machine, as the rest of Reaper asks it. */

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
}
