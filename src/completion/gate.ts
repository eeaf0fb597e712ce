/** First stage: whether ghost text is wanted at this place at all. Says why not, for `Reaper: Why No Suggestion?`. */
import type { FileVerdict } from '../privacy/privacy.ts';
import type { CompletionSettings } from './engine.ts';
import type { Situation } from './situation.ts';
import type { SyntaxFacts } from './syntax/syntax.ts';

export type GateVerdict = { readonly type: 'open' } | { readonly type: 'closed'; readonly reason: string };

export interface GateFacts {
  readonly settings: CompletionSettings;
  readonly languageId: string;
  readonly snoozed: boolean;
  /** Whether a glob of `disabledFiles` matches; worked out once per document. */
  readonly disabledBy: string | undefined;
  readonly mayRead: FileVerdict;
}

const OPEN: GateVerdict = { type: 'open' };

/** The rules for the file: cheap, and the same wherever the cursor is in it. */
export function fileGate(facts: GateFacts): GateVerdict {
  const { settings, languageId } = facts;
  if (!settings.enabled) {
    return closed('Ghost text is turned off (reaper.completion.enabled).');
  }
  if (facts.snoozed) {
    return closed('Ghost text is snoozed.');
  }
  if (!(settings.languages[languageId] ?? settings.languages['*'] ?? true)) {
    return closed(`Ghost text is turned off for the language ${languageId} (reaper.completion.languages).`);
  }
  if (facts.disabledBy !== undefined) {
    return closed(`Ghost text is turned off for this file (reaper.completion.disabledFiles: ${facts.disabledBy}).`);
  }
  if (!facts.mayRead.allowed) {
    return closed(`This file must not be read: ${facts.mayRead.reason}`);
  }
  return OPEN;
}

const WORD_AT_START = /^[\p{L}\p{N}_$]/u;
/** Behind the cursor on its line: a little text can be kept behind the suggestion, a statement cannot. */
const MAX_REST_CHARACTERS = 40;

/** The rules for the place. An explicit request passes all but the first. */
export function placeGate(situation: Situation, syntax: SyntaxFacts, settings: CompletionSettings): GateVerdict {
  const rest = restOfLine(situation.after);
  if (WORD_AT_START.test(rest)) {
    return closed('The cursor is inside a word.');
  }
  if (rest.trim().length > MAX_REST_CHARACTERS) {
    return closed('There is too much text behind the cursor on this line.');
  }
  if (syntax.scope === 'comment' && !settings.inComments) {
    return closed('Ghost text is turned off in comments (reaper.completion.inComments).');
  }
  if (syntax.scope === 'string' && !settings.inStrings) {
    return closed('Ghost text is turned off in strings (reaper.completion.inStrings).');
  }
  return OPEN;
}

function restOfLine(after: string): string {
  const end = after.indexOf('\n');
  return end < 0 ? after : after.slice(0, end);
}

function closed(reason: string): GateVerdict {
  return { type: 'closed', reason };
}
