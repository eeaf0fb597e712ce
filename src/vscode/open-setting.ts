/** Opens one setting in the editor's settings. */
import * as vscode from 'vscode';

export async function openSetting(key: string): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettings', `@id:${key}`);
}
