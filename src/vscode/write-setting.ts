/** Writes a setting where its present value comes from, so that what the user does takes effect. */
import * as vscode from 'vscode';

/** `change` gets the value of the level that is written (not the merged one). */
export async function writeSetting(key: string, change: (level: unknown) => unknown): Promise<void> {
  const configuration = vscode.workspace.getConfiguration();
  const found = configuration.inspect(key);
  const inWorkspace = found?.workspaceValue !== undefined;
  await configuration.update(
    key,
    change(inWorkspace ? found.workspaceValue : found?.globalValue),
    inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global,
  );
}

/** For what concerns this workspace only; without one, the user's settings. */
export async function writeWorkspaceSetting(key: string, change: (level: unknown) => unknown): Promise<void> {
  const configuration = vscode.workspace.getConfiguration();
  const found = configuration.inspect(key);
  const hasWorkspace = vscode.workspace.workspaceFolders !== undefined;
  await configuration.update(
    key,
    change(hasWorkspace ? found?.workspaceValue : found?.globalValue),
    hasWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global,
  );
}
