/** Opens an address in the user's browser, character by character as it is. */
import * as vscode from 'vscode';

/** Resolves with `false` if there is no browser, or the user did not want it opened. */
export async function openBrowser(url: string): Promise<boolean> {
  // Parsed and written again, an address inside the address would lose its encoding; VS Code takes the text as well
  // (microsoft/vscode#85930).
  return vscode.env.openExternal(url as unknown as vscode.Uri);
}
