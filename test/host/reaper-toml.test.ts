import assert from 'node:assert/strict';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { stubUser, until as waitFor, type UserStub } from './stubs.ts';

describe('a reaper.toml in the workspace', () => {
  let user: UserStub;
  let path: string;
  const faults = (): readonly string[] =>
    vscode.languages
      .getDiagnostics(vscode.Uri.file(path))
      .map(({ range, message }) => `${range.start.line + 1}: ${message}`);
  /** As editors and tools do that never leave half a file behind. */
  const replace = (text: string): void => {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  };

  before(async () => {
    await vscode.extensions.getExtension('reaper.reaper')?.activate();
    path = join(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '', 'reaper.toml');
  });
  beforeEach(() => {
    user = stubUser();
  });
  afterEach(async () => {
    user.restore();
    rmSync(path, { force: true });
    await waitFor(() => faults().length === 0, 'the end of the problems');
  });

  it('is read while it changes: a wrong value is shown where it stands, with what is accepted, and once as a notice', async () => {
    writeFileSync(path, '# mine\n[completion]\nmax_lines = "many"\n');
    await waitFor(() => faults().length > 0, 'a problem');
    assert.match(faults()[0] ?? '', /^3: completion\.max_lines is "many"; accepted: a whole number from 1 to 100\.$/);
    assert.match(user.messages[0]?.message ?? '', /^reaper\.toml, line 3, column 1: completion\.max_lines/);
    assert.deepEqual(user.messages[0]?.buttons, ['Open File']);
    replace('[completion]\nmax_lines = 3\n');
    await waitFor(() => faults().length === 0, 'the end of the problem');
    replace('[completion]\nmax_lins = 3\n');
    await waitFor(() => faults().length > 0, 'another problem');
    assert.match(faults()[0] ?? '', /Did you mean max_lines\?/);
  });

  it('counts as soon as it is saved, and no longer when it is gone', async () => {
    /** What the picker of strategies says is in use. */
    const strategyInUse = async (): Promise<string | undefined> => {
      user.pickers.length = 0;
      user.chosen.push('Chat');
      await vscode.commands.executeCommand('reaper.selectStrategy');
      return user.pickers[1]?.items.find(({ description }) => description === 'in use')?.label;
    };
    const until = async (label: string): Promise<void> => {
      while ((await strategyInUse()) !== label) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    writeFileSync(path, '[routing]\nchat_strategy = "race"\n');
    await until('Race');
    replace('[routing]\nchat_strategy = "parallel_merge"\n');
    await until('Merge');
    replace('[routing]\nchat_strategy = ');
    await waitFor(() => faults().length > 0, 'a problem');
    assert.equal(await strategyInUse(), 'Merge');
    replace('[chat]\nproviders = ["ollama"]\n');
    await until('One Model');
    user.pickers.length = 0;
    await vscode.commands.executeCommand('reaper.selectModel');
    assert.equal(user.pickers[0]?.items[1]?.description, 'Ollama');
    replace('[routing]\nchat_strategy = "race"\n');
    await until('Race');
    rmSync(path);
    await until('One Model');
  });

  it('cannot say where requests go', async () => {
    writeFileSync(path, '[providers.openai]\nbase_url = "https://elsewhere.example"\napi_key = "sk-not-to-be-shown"\n');
    await waitFor(() => faults().length === 2, 'both problems');
    assert.match(faults().join('\n'), /A workspace may not set providers\.openai\.base_url/);
    assert.doesNotMatch(faults().join('\n'), /sk-not/);
  });

  it('of garbage breaks nothing', async () => {
    writeFileSync(path, new Uint8Array(5000).fill(0xfe));
    await waitFor(() => faults().length > 0, 'a problem');
    assert.match(faults()[0] ?? '', /not text in UTF-8/);
  });
});
