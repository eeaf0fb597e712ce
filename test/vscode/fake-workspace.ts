/** The part of VS Code's API that tells of the workspace: its folder and whether it is trusted, as a test sets them. */
import { Emitter } from '../../src/base/event.ts';

const granted = new Emitter<void>();
const foldersChanged = new Emitter<void>();
const nothing = { dispose: (): void => undefined };

export const workspace = {
  isTrusted: true,
  workspaceFolders: undefined as
    readonly { readonly uri: { readonly scheme: string; readonly fsPath: string } }[] | undefined,
  onDidGrantWorkspaceTrust: granted.event,
  onDidChangeWorkspaceFolders: foldersChanged.event,
  createFileSystemWatcher: () => ({
    onDidChange: () => nothing,
    onDidCreate: () => nothing,
    onDidDelete: () => nothing,
    ...nothing,
  }),
};

export function trustWorkspace(): void {
  workspace.isTrusted = true;
  granted.fire();
}

export class RelativePattern {
  readonly pattern: string;

  constructor(_base: unknown, pattern: string) {
    this.pattern = pattern;
  }
}
