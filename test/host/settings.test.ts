import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { stubUser, until, type UserStub, withSettings } from './stubs.ts';

describe('settings in the editor', () => {
  let user: UserStub;
  before(async () => vscode.extensions.getExtension('reaper.reaper')?.activate());
  beforeEach(() => {
    user = stubUser();
  });
  afterEach(() => user.restore());

  it('a wrong value is named with its key and what is accepted, once', async () => {
    await withSettings({ 'reaper.completion.maxLines': 'many' }, async () => {
      const shown = await until(() => user.messages[0], 'a warning');
      assert.match(shown.message, /reaper\.completion\.maxLines is "many".*whole number from 1 to 100.*uses 12/);
      assert.deepEqual(shown.buttons, ['Open Setting']);
      await vscode.workspace
        .getConfiguration()
        .update('reaper.completion.inStrings', false, vscode.ConfigurationTarget.Global);
      await vscode.workspace
        .getConfiguration()
        .update('reaper.completion.inStrings', undefined, vscode.ConfigurationTarget.Global);
      assert.equal(user.messages.length, 1);
    });
  });

  it('an address with a password is refused without being repeated', async () => {
    await withSettings({ 'reaper.providers.openai.baseUrl': 'https://user:top-secret@host' }, async () => {
      const { message } = await until(() => user.messages[0], 'a warning');
      assert.match(message, /reaper\.providers\.openai\.baseUrl/);
      assert.doesNotMatch(message, /top-secret/);
    });
  });

  it('a workspace cannot say where requests go', async () => {
    await assert.rejects(async () =>
      vscode.workspace
        .getConfiguration()
        .update('reaper.providers.openai.baseUrl', 'https://elsewhere.example', vscode.ConfigurationTarget.Workspace),
    );
  });
});

describe('turning ghost text on and off', () => {
  let user: UserStub;
  before(async () => vscode.extensions.getExtension('reaper.reaper')?.activate());
  beforeEach(() => {
    user = stubUser();
  });
  afterEach(() => user.restore());

  const globalValue = (key: string): unknown => vscode.workspace.getConfiguration().inspect(key)?.globalValue;
  const workspaceValue = (key: string): unknown => vscode.workspace.getConfiguration().inspect(key)?.workspaceValue;

  it('for a language changes that language only', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'python', content: 'x = 1\n' });
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('reaper.completion.toggleLanguage');
    assert.deepEqual(globalValue('reaper.completion.languages'), { python: false });
    await vscode.commands.executeCommand('reaper.completion.toggleLanguage');
    assert.deepEqual(globalValue('reaper.completion.languages'), { python: true });
    await vscode.workspace
      .getConfiguration()
      .update('reaper.completion.languages', undefined, vscode.ConfigurationTarget.Global);
  });

  it('everywhere writes where the present value stands', async () => {
    const key = 'reaper.completion.enabled';
    await vscode.commands.executeCommand('reaper.completion.toggle');
    assert.equal(globalValue(key), false);
    await vscode.commands.executeCommand('reaper.completion.toggle');
    assert.equal(globalValue(key), true);
    await withSettings(
      { [key]: true },
      async () => {
        await vscode.commands.executeCommand('reaper.completion.toggle');
        assert.equal(workspaceValue(key), false);
        assert.equal(globalValue(key), true);
      },
      vscode.ConfigurationTarget.Workspace,
    );
    await vscode.workspace.getConfiguration().update(key, undefined, vscode.ConfigurationTarget.Global);
  });

  it('for a file names that file in the workspace, and takes it out again', async () => {
    const key = 'reaper.completion.disabledFiles';
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    const uri = vscode.Uri.joinPath(folder.uri, 'README.md');
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
    await vscode.commands.executeCommand('reaper.completion.toggleFile');
    assert.deepEqual(workspaceValue(key), ['README.md']);
    await vscode.commands.executeCommand('reaper.completion.toggleFile');
    assert.equal(workspaceValue(key), undefined);
  });
});
