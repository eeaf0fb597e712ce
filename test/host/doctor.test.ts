import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { type ModelServer, startModelServer } from './model-server.ts';
import { stubUser, until, type UserStub, withSettings } from './stubs.ts';

describe('the doctor in the editor', () => {
  let user: UserStub;
  let server: ModelServer;
  before(async () => {
    await vscode.extensions.getExtension('reaper.reaper')?.activate();
    server = await startModelServer(['coder-1']);
  });
  after(async () => {
    await server.stop();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  beforeEach(() => {
    user = stubUser();
  });
  afterEach(() => user.restore());

  it('opens a document that names a dead server, a living one, the way out and the surroundings', async () => {
    const gone = await startModelServer([]);
    await gone.stop();
    const settings = {
      'reaper.providers.llama.cpp.baseUrl': `http://${gone.host}`,
      'reaper.providers.openai-compatible.baseUrl': server.baseUrl,
      'reaper.providers.openai-compatible.headers': { 'x-team': 'a-header-that-is-secret' },
    };
    await withSettings(settings, async () => {
      await vscode.commands.executeCommand('reaper.doctor');
      const document = vscode.window.activeTextEditor?.document;
      // An open document is written anew a moment after its report.
      const text = await until(() => {
        const shown = document?.getText() ?? '';
        return !shown.includes('Still asking') && shown;
      }, 'the complete report');
      assert.equal(document?.languageId, 'markdown');
      assert.equal(vscode.workspace.fs.isWritableFileSystem(document?.uri.scheme ?? ''), undefined);
      assert.match(text, /^# Reaper: Doctor\n/);
      const [summary = ''] = text.split('\n## ', 2).slice(1);
      assert.ok(summary.includes(gone.host), summary);
      assert.match(summary, /llama\.cpp.* Check the setting/);
      assert.match(text, /\n## llama\.cpp: needs attention\n/);
      assert.ok(text.includes(server.baseUrl));
      assert.match(text, /\n## Workspace model: ready\n/);
      assert.match(text, /\n- Reaper \d+\.\d+\.\d+\n/);
      assert.match(text, /reaper\.toml: not there/);
      assert.doesNotMatch(text, /a-header-that-is-secret/);
      assert.deepEqual(user.messages.at(-1)?.buttons, ['Copy Report', 'Show Preview']);
    });
  });
});
