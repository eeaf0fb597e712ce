import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { type ModelServer, startModelServer } from './model-server.ts';
import { stubUser, type UserStub, withSettings } from './stubs.ts';

const ORDER = 'reaper.completion.providers';

describe('selecting a model in the editor', () => {
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
    user.chosen.push('Ghost Text', 'OpenAI-compatible', 'coder-2');
    user.typed.push(`${server.baseUrl}/`);
    await vscode.commands.executeCommand('reaper.selectModel');
    assert.equal(globalValue('reaper.providers.openai-compatible.baseUrl'), server.baseUrl);
    assert.equal(globalValue('reaper.providers.openai-compatible.completionModel'), 'coder-2');
    assert.deepEqual(globalValue(ORDER), ['openai-compatible']);
    assert.ok(user.pickers[1]?.items.some(({ description }) => description === 'needs an address'));
    assert.deepEqual(
      user.pickers[2]?.items.map(({ label }) => label),
      ['$(wand) Automatic', 'coder-1', 'coder-2', '$(edit) Another Model…'],
    );
    assert.equal(user.pickers[2]?.items[1]?.detail, 'price unknown');
  });

  it('keeps a model and an order of their own for chat', async () => {
    user.chosen.push('Chat', 'OpenAI-compatible', 'Another Model');
    user.typed.push(server.baseUrl, ' my-model ');
    await vscode.commands.executeCommand('reaper.selectModel');
    assert.equal(globalValue('reaper.providers.openai-compatible.baseUrl'), server.baseUrl);
    assert.equal(globalValue('reaper.providers.openai-compatible.chatModel'), 'my-model');
    assert.equal(globalValue('reaper.providers.openai-compatible.completionModel'), undefined);
    assert.deepEqual(globalValue('reaper.chat.providers'), ['openai-compatible']);
    assert.equal(globalValue(ORDER), undefined);
    assert.ok(!user.pickers[1]?.items.some(({ label }) => label.includes('Workspace model')));
  });

  it('asks for the option that the address follows from, and for no address then', async () => {
    // Nothing is to leave this machine for the test's sake.
    await withSettings({ 'reaper.privacy.localOnly': true }, async () => {
      user.chosen.push('Chat', 'Google Vertex AI');
      user.typed.push('my-project', 'https://asked.in.vain');
      await vscode.commands.executeCommand('reaper.selectModel');
      assert.equal(globalValue('reaper.providers.vertex.project'), 'my-project');
      assert.equal(globalValue('reaper.providers.vertex.baseUrl'), undefined);
      assert.deepEqual(user.typed, ['https://asked.in.vain']);
      assert.deepEqual(globalValue('reaper.chat.providers'), ['vertex']);
    });
  });

  it('does not take an address with a password', async () => {
    user.chosen.push('Ghost Text', 'OpenAI-compatible');
    user.typed.push('http://me:secret@127.0.0.1:1/v1');
    await vscode.commands.executeCommand('reaper.selectModel');
    assert.equal(user.validations.length, 1);
    assert.equal(globalValue('reaper.providers.openai-compatible.baseUrl'), undefined);
    assert.equal(globalValue(ORDER), undefined);
  });

  it('can be given back to Reaper', async () => {
    await vscode.workspace.getConfiguration().update(ORDER, ['ollama'], vscode.ConfigurationTarget.Global);
    user.chosen.push('Ghost Text', 'Automatic');
    await vscode.commands.executeCommand('reaper.selectModel');
    assert.equal(globalValue(ORDER), undefined);
  });

  it('needs nothing for the embedded model', async () => {
    user.chosen.push('Ghost Text', 'Workspace model');
    await vscode.commands.executeCommand('reaper.selectModel');
    assert.deepEqual(globalValue(ORDER), ['workspace']);
    assert.equal(user.pickers.length, 2);
  });

  it('changes nothing when the user gives up, be it at the last question', async () => {
    await vscode.workspace
      .getConfiguration()
      .update('reaper.providers.openai-compatible.baseUrl', server.baseUrl, vscode.ConfigurationTarget.Global);
    written.add('reaper.providers.openai-compatible.baseUrl');
    user.chosen.push('Ghost Text', 'OpenAI-compatible');
    await vscode.commands.executeCommand('reaper.selectModel');
    assert.equal(user.pickers.length, 3);
    assert.equal(globalValue(ORDER), undefined);
    await vscode.commands.executeCommand('reaper.selectModel');
    assert.equal(globalValue(ORDER), undefined);
  });
});

describe('selecting a strategy in the editor', () => {
  let user: UserStub;
  const globalValue = (key: string): unknown => vscode.workspace.getConfiguration().inspect(key)?.globalValue;
  before(async () => vscode.extensions.getExtension('reaper.reaper')?.activate());
  beforeEach(() => {
    user = stubUser();
  });
  afterEach(() => user.restore());

  it('says what each one does and costs, and writes the setting of the purpose', async () => {
    const key = 'reaper.routing.chatStrategy';
    try {
      user.chosen.push('Chat', 'Race');
      await vscode.commands.executeCommand('reaper.selectStrategy');
      assert.equal(globalValue(key), 'race');
      assert.equal(globalValue('reaper.routing.completionStrategy'), undefined);
      const items = user.pickers[1]?.items ?? [];
      assert.equal(items.length, 4);
      assert.ok(items.every(({ description, detail }) => (description ?? '') !== '' && (detail ?? '') !== ''));
      assert.equal(items[0]?.description, 'in use');
    } finally {
      await vscode.workspace.getConfiguration().update(key, undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('changes nothing when the user gives up', async () => {
    user.chosen.push('Ghost Text');
    await vscode.commands.executeCommand('reaper.selectStrategy');
    assert.equal(globalValue('reaper.routing.completionStrategy'), undefined);
  });
});
