/** The kinds of documents that people type code in, by URI scheme: no chat box, no commit box, no output. */
export const TYPED_SCHEMES: ReadonlySet<string> = new Set(['file', 'untitled', 'vscode-notebook-cell', 'vscode-vfs']);
