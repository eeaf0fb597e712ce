/** The conditions that we set ourselves for the manifest's `when` clauses; apart from the commands, which nobody needs at the start. */

/** Set by us while the ghost text on the screen may be ours; the other conditions are VS Code's own. */
export const SUGGESTION_SHOWN_CONTEXT = 'reaper.suggestionShown';
/** Set by us while ghost text is snoozed. */
export const SNOOZED_CONTEXT = 'reaper.snoozed';
