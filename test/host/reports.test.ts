import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { type ModelServer, startModelServer } from './model-server.ts';
import { stubUser, until, type UserStub, withSettings } from './stubs.ts';

const activeText = (): string => vscode.window.activeTextEditor?.document.getText() ?? '';

describe('reports and menu in the editor', () => {
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

  it('why there was no suggestion opens as a document that cannot be edited', async () => {
    await vscode.commands.executeCommand('reaper.whyNoSuggestion');
    const document = vscode.window.activeTextEditor?.document;
    assert.match(activeText(), /^Why no suggestion\?/);
    assert.match(activeText(), /Reaper: /);
    assert.equal(vscode.workspace.fs.isWritableFileSystem(document?.uri.scheme ?? ''), undefined);
  });

  it('what left this machine names the host, the purpose and the bytes, and is written anew while it is open', async () => {
    await vscode.commands.executeCommand('reaper.showEgressLog');
    assert.doesNotMatch(activeText(), new RegExp(server.host));
    await withSettings({ 'reaper.providers.openai-compatible.baseUrl': server.baseUrl }, async () => {
      await vscode.commands.executeCommand('reaper.testConnection', 'openai-compatible');
      await until(() => activeText().includes(server.host), 'the request in the report');
      assert.match(activeText(), /openai-compatible \(probe\) {2}\d+ bytes sent, \d+ received {2}200/);
    });
  });

  it('the menu offers what fits the file, and runs what is chosen', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'go', content: 'package a\n' });
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('reaper.showMenu');
    const labels = user.pickers[0]?.items.map(({ label }) => label) ?? [];
    assert.ok(labels.includes('$(check) go'));
    assert.ok(labels.some((label) => label.includes('Snooze')));
    user.chosen.push('Why No Suggestion');
    await vscode.commands.executeCommand('reaper.showMenu');
    assert.match(activeText(), /^Why no suggestion\?/);
  });

  it('snoozing is said in the menu, and can be ended there', async () => {
    await vscode.commands.executeCommand('reaper.completion.snooze', 5);
    user.chosen.push('End Snooze');
    await vscode.commands.executeCommand('reaper.showMenu');
    await vscode.commands.executeCommand('reaper.showMenu');
    const labels = user.pickers[1]?.items.map(({ label }) => label) ?? [];
    assert.ok(labels.some((label) => label.includes('Snooze…')));
  });

  it('the workspace model can be built anew', async () => {
    await vscode.commands.executeCommand('reaper.workspaceModel.rebuild');
    assert.deepEqual(user.messages, []);
  });
});
