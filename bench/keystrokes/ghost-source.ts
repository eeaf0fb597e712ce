/** What answers the editor model: Reaper's engine, or a reference policy in its place. */
import type { Event } from '../../src/base/event.ts';
import type { DocumentChange, Suggestion, SuggestionQuery } from '../../src/completion/suggestion.ts';

export interface GhostSource {
  readonly name: string;
  documentChanged(change: DocumentChange): void;
  provide(query: SuggestionQuery, signal: AbortSignal): Promise<readonly Suggestion[]>;
  accepted(suggestionId: string): void;
  readonly onLateResult: Event<{ readonly uri: string }>;
  dispose(): void;
}
