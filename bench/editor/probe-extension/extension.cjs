/** The labelled reference of the editor bench: asks the model at each call of the provider (after a fixed debounce, if set), waits
 * for the whole answer, gives the request up when VS Code cancels the call, keeps nothing. */
const vscode = require('vscode');

/** @param {import('vscode').ExtensionContext} context */
function activate(context) {
  /** @type {import('vscode').InlineCompletionItemProvider} */
  const provider = {
    async provideInlineCompletionItems(document, position, _context, token) {
      const settings = vscode.workspace.getConfiguration('probe');
      const controller = new AbortController();
      token.onCancellationRequested(() => controller.abort());
      await new Promise((resolve) => setTimeout(resolve, settings.get('debounceMs', 0)));
      if (token.isCancellationRequested) {
        return [];
      }
      const end = document.lineAt(document.lineCount - 1).range.end;
      const body = {
        input_prefix: document.getText(new vscode.Range(0, 0, position.line, 0)),
        prompt: document.lineAt(position.line).text.slice(0, position.character),
        input_suffix: document.getText(new vscode.Range(position, end)),
        n_predict: 128,
        stream: false,
      };
      try {
        const response = await fetch(`${settings.get('baseUrl')}/infill`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
          signal: controller.signal,
        });
        const { content } = await response.json();
        return content === ''
          ? []
          : [
              {
                insertText: body.prompt + content,
                range: new vscode.Range(position.line, 0, position.line, position.character),
              },
            ];
      } catch {
        return [];
      }
    },
  };
  const selector = [{ scheme: 'file' }, { scheme: 'untitled' }];
  context.subscriptions.push(vscode.languages.registerInlineCompletionItemProvider(selector, provider));
}

module.exports = { activate };
