/** What every installation must do: be found, start, and bring the commands that its manifest promises. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';

interface Manifest {
  readonly contributes?: { readonly commands?: readonly { readonly command: string }[] };
  readonly enabledApiProposals?: readonly string[];
}

describe('the extension in its host', () => {
  const extension = vscode.extensions.getExtension('reaper.reaper');
  const manifest = extension?.packageJSON as Manifest | undefined;

  it('is found', () => {
    assert.ok(extension);
  });

  it('activates', async () => {
    await extension?.activate();
    assert.equal(extension?.isActive, true);
  });

  it('registers every command of its manifest', async () => {
    const registered = new Set(await vscode.commands.getCommands(true));
    const promised = (manifest?.contributes?.commands ?? []).map(({ command }) => command);
    assert.ok(promised.length > 0, 'the manifest promises no command');
    assert.deepEqual(
      promised.filter((command) => !registered.has(command)),
      [],
    );
  });

  it('asks for no proposed API', () => {
    assert.equal(manifest?.enabledApiProposals, undefined);
  });

  it('runs where proposed API is refused', async () => {
    // The strict copy of the server refuses; if this resolved, the run would prove nothing about stable API.
    const findTextInFiles: unknown = Reflect.get(vscode.workspace, 'findTextInFiles');
    assert.equal(typeof findTextInFiles, 'function');
    await assert.rejects(async () => {
      await (findTextInFiles as (query: object, callback: () => void) => Promise<unknown>)(
        { pattern: 'x' },
        () => undefined,
      );
    }, /CANNOT use API proposal/);
  });
});
