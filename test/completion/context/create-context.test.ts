import assert from 'node:assert/strict';
import { Emitter } from '../../../src/base/event.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { createCompletionContext } from '../../../src/completion/context/create-context.ts';
import type { DocumentView } from '../../../src/editor/document.ts';
import type { WorkspacePrivacy } from '../../../src/privacy/privacy.ts';
import { documentOf } from '../../codebase/documents.ts';
import { createMemoryFiles } from '../../codebase/memory-files.ts';
import { createFakeClock } from '../../fakes/fake-clock.ts';

const allowed = { allowed: true } as const;
const privacy: WorkspacePrivacy = {
  mayRead: () => allowed,
  readAhead: async () => allowed,
  onVerdictsChanged: new Emitter<void>().event,
  withoutSecrets: (text) => text,
  withoutSecretsIn: (text, start, end) => text.slice(start, end),
  hasSecret: () => false,
};

describe('completion context', () => {
  it('reads the imports of the document that becomes active, and lets go of everything', async () => {
    const files = createMemoryFiles({ '/w/a.ts': 'export class A { b(): void {} }' });
    const active = new Emitter<DocumentView>();
    const fileChanged = new Emitter<{ readonly path: string; readonly type: 'changed' }>();
    const foldersChanged = new Emitter<void>();
    const clock = createFakeClock();
    const context = createCompletionContext({
      openDocuments: { list: () => [] },
      workspace: {
        folders: ['/w'],
        relativePath: (path) => path.slice(3),
        onFileChanged: fileChanged.event,
        onFoldersChanged: foldersChanged.event,
      },
      privacy,
      clock,
      logger: silentLogger,
      files,
      onActiveDocumentChanged: active.event,
    });
    const document = documentOf('/w/main.ts', "import { A } from './a.ts';\nnew A().");
    active.fire(document);
    for (let turn = 0; turn < 50 && !files.reads.includes('/w/a.ts'); turn++) {
      await clock.settle();
    }
    assert.ok(files.reads.includes('/w/a.ts'));
    const query = { document, position: { line: 1, character: 8 }, budgetTokens: 500 };
    const snippets = await context.gather(query, new AbortController().signal);
    assert.deepEqual(
      snippets.map(({ path }) => path),
      ['a.ts'],
    );
    context.dispose();
    assert.equal(active.listenerCount + fileChanged.listenerCount + foldersChanged.listenerCount, 0);
    assert.equal(clock.pendingTimers, 0);
  });
});
