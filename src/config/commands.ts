/** The table of all commands; the manifest, its texts and the type of the handlers come from here. */
import { SNOOZED_CONTEXT, SUGGESTION_SHOWN_CONTEXT } from './context-keys.ts';

export interface CommandEntry {
  /** English; its translation key is derived from the command's id. */
  readonly title: string;
  /** A codicon, without the `$(…)`. */
  readonly icon?: string;
  /** A condition under which the palette lists it; `never` for what only keys and menus call. Always, if left out. */
  readonly palette?: string;
  readonly keybinding?: Keybinding;
}

interface Keybinding {
  readonly key: string;
  readonly mac?: string;
  readonly when: string;
}

const OWN_GHOST = `editorTextFocus && inlineSuggestionVisible && ${SUGGESTION_SHOWN_CONTEXT}`;
const OPEN_EDITOR = 'editorIsOpen';

export const commands = {
  'reaper.showMenu': { title: 'Show Menu', icon: 'menu' },
  'reaper.setApiKey': { title: 'Set API Key…', icon: 'key' },
  'reaper.removeApiKey': { title: 'Remove API Key…' },
  'reaper.signIn': { title: 'Sign In…', icon: 'account' },
  'reaper.signOut': { title: 'Sign Out…' },
  'reaper.testConnection': { title: 'Test Connection…', icon: 'debug-disconnect' },
  'reaper.selectModel': { title: 'Select Model…', icon: 'server' },
  'reaper.selectStrategy': { title: 'Select Strategy…', icon: 'git-compare' },
  'reaper.doctor': { title: 'Doctor', icon: 'pulse' },
  'reaper.completion.trigger': {
    title: 'Trigger Ghost Text',
    palette: OPEN_EDITOR,
    // Free in VS Code 1.139, and the key that people know from other ghost text.
    keybinding: { key: 'alt+\\', when: 'editorTextFocus && !editorReadonly && !editorHasSelection' },
  },
  'reaper.completion.toggle': { title: 'Turn Ghost Text On or Off' },
  'reaper.completion.toggleLanguage': { title: 'Turn Ghost Text On or Off for This Language', palette: OPEN_EDITOR },
  'reaper.completion.toggleFile': { title: 'Turn Ghost Text On or Off for This File', palette: OPEN_EDITOR },
  'reaper.completion.snooze': { title: 'Snooze Ghost Text…', icon: 'bell-slash' },
  'reaper.completion.cancelSnooze': { title: 'End Snooze of Ghost Text', palette: SNOOZED_CONTEXT },
  'reaper.completion.acceptWord': { title: 'Accept Next Word of Ghost Text', palette: OPEN_EDITOR },
  'reaper.completion.acceptLine': { title: 'Accept Next Line of Ghost Text', palette: OPEN_EDITOR },
  'reaper.completion.dismiss': {
    title: 'Dismiss Ghost Text',
    palette: 'never',
    // A stable extension is not told of VS Code's own Escape. Modal editors need theirs to leave insert mode.
    keybinding: { key: 'escape', when: `${OWN_GHOST} && !suggestWidgetVisible && !vim.active && !neovim.init` },
  },
  'reaper.whyNoSuggestion': { title: 'Why No Suggestion?', icon: 'question' },
  'reaper.showEgressLog': { title: 'Show What Left This Machine', icon: 'globe' },
  'reaper.showUsage': { title: 'Show Usage', icon: 'credit-card' },
  'reaper.showLog': { title: 'Show Log', icon: 'output' },
  'reaper.workspaceModel.rebuild': { title: 'Rebuild the Workspace Model', icon: 'refresh' },
} as const satisfies Readonly<Record<`reaper.${string}`, CommandEntry>>;

export type CommandId = keyof typeof commands;

/** The table as a list, for those who treat all commands alike. */
export function listCommands(): readonly (readonly [CommandId, CommandEntry])[] {
  return Object.entries(commands) as unknown as readonly (readonly [CommandId, CommandEntry])[];
}
