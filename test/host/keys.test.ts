import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { type ModelServer, startModelServer } from './model-server.ts';
import { stubUser, until, type UserStub, withSettings } from './stubs.ts';

const KEY = 'sk-host-test-0123456789abcdef';

describe('keys in the editor', () => {
  let user: UserStub;
  let server: ModelServer;

  before(async () => {
    await vscode.extensions.getExtension('reaper.reaper')?.activate();
    server = await startModelServer(['gpt-6-luna'], KEY);
  });
  after(() => server.stop());
  beforeEach(() => {
    user = stubUser();
    server.requests.length = 0;
  });
  afterEach(() => user.restore());

  it('are stored, tried out and removed', async () => {
    await withSettings({ 'reaper.providers.openai.baseUrl': server.baseUrl }, async () => {
      user.typed.push(`  ${KEY}  `);
      await vscode.commands.executeCommand('reaper.setApiKey', 'openai');
      const { message } = await until(() => user.messages[0], 'the result of the connection test');
      assert.match(message, /OpenAI is ready/);
      assert.equal(server.requests[0]?.authorization, `Bearer ${KEY}`);

      await vscode.commands.executeCommand('reaper.removeApiKey');
      assert.deepEqual(
        user.pickers.at(-1)?.items.map(({ label, description }) => [label.replace(/^\$\(.*\) /, ''), description]),
        [['OpenAI', 'key stored']],
      );
      user.chosen.push('OpenAI');
      await vscode.commands.executeCommand('reaper.removeApiKey');
      await until(() => user.messages.some((shown) => shown.message.includes('was removed')), 'the removal');
      user.messages.length = 0;
      await vscode.commands.executeCommand('reaper.removeApiKey');
      assert.match(user.messages[0]?.message ?? '', /no stored keys/);
    });
  });

  it('can be several: one is added, one replaced, one removed, told apart by their last characters', async () => {
    const labels = (): string[] =>
      (user.pickers.at(-1)?.items ?? []).map(({ label }) => label.replace(/^\$\(.*\) /, ''));
    const set = async (key: string, choice?: string): Promise<void> => {
      user.typed.push(key);
      if (choice !== undefined) {
        user.chosen.push(choice);
      }
      await vscode.commands.executeCommand('reaper.setApiKey', 'openai');
    };
    await withSettings({ 'reaper.providers.openai.baseUrl': server.baseUrl }, async () => {
      await set(KEY);
      await set('sk-second-key-0123456789-2222', 'Add Another');
      assert.deepEqual(labels(), ['Replace Key 1 (…cdef)', 'Add Another Key']);
      await set('sk-third-key-0123456789-3333', 'Replace Key 2');
      user.chosen.push('OpenAI', 'Key 1');
      await vscode.commands.executeCommand('reaper.removeApiKey');
      assert.deepEqual(labels(), ['Key 1 (…cdef)', 'Key 2 (…3333)', 'All of Them']);
      // The other one is left, and nothing needs to be chosen among one.
      user.chosen.push('OpenAI');
      await vscode.commands.executeCommand('reaper.removeApiKey');
      user.messages.length = 0;
      await vscode.commands.executeCommand('reaper.removeApiKey');
      assert.match(user.messages[0]?.message ?? '', /no stored keys/);
    });
  });

  it('are refused when they cannot be keys, and nothing is sent', async () => {
    user.typed.push('two words');
    await vscode.commands.executeCommand('reaper.setApiKey', 'openai');
    assert.match(user.validations[0] ?? '', /no blanks/);
    assert.deepEqual(server.requests, []);
    assert.deepEqual(user.messages, []);
  });

  it('that a server does not accept are named, with the way to set another', async () => {
    await withSettings({ 'reaper.providers.openai.baseUrl': server.baseUrl }, async () => {
      user.typed.push('sk-wrong-key-000000000000');
      await vscode.commands.executeCommand('reaper.setApiKey', 'openai');
      const shown = await until(() => user.messages[0], 'the result of the connection test');
      assert.match(shown.message, /OpenAI/);
      assert.ok(shown.buttons.includes('Set API Key'));
      assert.doesNotMatch(shown.message, /sk-wrong-key/);
      user.chosen.push('OpenAI');
      await vscode.commands.executeCommand('reaper.removeApiKey');
    });
  });

  it('are not sent to a forbidden host, and the message says which setting forbids it', async () => {
    await withSettings(
      { 'reaper.privacy.localOnly': true, 'reaper.providers.openai.baseUrl': 'https://models.example/v1' },
      async () => {
        await vscode.commands.executeCommand('reaper.testConnection', 'openai');
        const shown = await until(() => user.messages[0], 'the refusal');
        assert.match(shown.message, /localOnly|local only/i);
        assert.ok(shown.buttons.includes('Open Setting'));
      },
    );
  });
});
