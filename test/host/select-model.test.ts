import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { type ModelServer, startModelServer } from './model-server.ts';
import { stubUser, type UserStub } from './stubs.ts';

const ORDER = 'reaper.completion.providers';

describe('selecting a provider in the editor', () => {
  let user: UserStub;
  let server: ModelServer;
  const written = new Set<string>();
  const globalValue = (key: string): unknown => {
    written.add(key);
    return vscode.workspace.getConfiguration().inspect(key)?.globalValue;
  };

  before(async () => {
    await vscode.extensions.getExtension('reaper.reaper')?.activate();
    server = await startModelServer(['coder-1', 'coder-2']);
  });
  after(() => server.stop());
  beforeEach(() => {
    user = stubUser();
  });
  afterEach(async () => {
    user.restore();
    for (const key of written) {
      await vscode.workspace.getConfiguration().update(key, undefined, vscode.ConfigurationTarget.Global);
    }
    written.clear();
  });

  it('asks for the address that is missing, lists the models, and writes all three', async () => {
    user.chosen.push('OpenAI-compatible', 'coder-2');
    user.typed.push(`${server.baseUrl}/`);
    await vscode.commands.executeCommand('reaper.selectModel');
    assert.equal(globalValue('reaper.providers.openai-compatible.baseUrl'), server.baseUrl);
    assert.equal(globalValue('reaper.providers.openai-compatible.completionModel'), 'coder-2');
    assert.deepEqual(globalValue(ORDER), ['openai-compatible']);
    assert.ok(user.pickers[0]?.items.some(({ description }) => description === 'needs an address'));
    assert.deepEqual(
      user.pickers[1]?.items.slice(1).map(({ label }) => label),
      ['coder-1', 'coder-2'],
    );
  });

  it('does not take an address with a password', async () => {
    user.chosen.push('OpenAI-compatible');
    user.typed.push('http://me:secret@127.0.0.1:1/v1');
    await vscode.commands.executeCommand('reaper.selectModel');
    assert.equal(user.validations.length, 1);
    assert.equal(globalValue('reaper.providers.openai-compatible.baseUrl'), undefined);
    assert.equal(globalValue(ORDER), undefined);
  });

  it('can be given back to Reaper', async () => {
    await vscode.workspace.getConfiguration().update(ORDER, ['ollama'], vscode.ConfigurationTarget.Global);
    user.chosen.push('Automatic');
    await vscode.commands.executeCommand('reaper.selectModel');
    assert.equal(globalValue(ORDER), undefined);
  });

  it('needs nothing for the embedded model', async () => {
    user.chosen.push('Workspace model');
    await vscode.commands.executeCommand('reaper.selectModel');
    assert.deepEqual(globalValue(ORDER), ['workspace']);
    assert.equal(user.pickers.length, 1);
  });

  it('changes nothing when the user gives up', async () => {
    await vscode.commands.executeCommand('reaper.selectModel');
    assert.equal(globalValue(ORDER), undefined);
  });
});
