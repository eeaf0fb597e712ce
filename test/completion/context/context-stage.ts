/** A workspace on disk with everything that gathering context takes. */
import { join } from 'node:path';
import type { Clock } from '../../../src/base/clock.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { Emitter } from '../../../src/base/event.ts';
import { type Logger, silentLogger } from '../../../src/base/logger.ts';
import { type ContextSources, createContextSources } from '../../../src/completion/context/context-sources.ts';
import { gatherContext } from '../../../src/completion/context/gather-context.ts';
import type { DocumentView } from '../../../src/editor/document.ts';
import type { FileStore } from '../../../src/editor/ports.ts';
import { createPrivacy, type PrivacyService } from '../../../src/privacy/create-privacy.ts';
import type { ContextSnippet } from '../../../src/router/model-request.ts';
import { documentOf, documentWithCursor } from '../../codebase/documents.ts';
import { createTemporaryWorkspace, type TemporaryWorkspace } from '../../privacy/temporary-workspace.ts';

export interface ContextStage {
  readonly workspace: TemporaryWorkspace;
  readonly privacy: PrivacyService;
  readonly sources: ContextSources;
  readonly errors: string[];
  setExcluded(globs: readonly string[]): void;
  /** Opens tabs; the texts are those of the documents, which may differ from the disk. */
  open(tabs: Readonly<Record<string, string>>): void;
  /** Everything that there is: no deadline cuts it short. The cursor stands at `█`. */
  gather(path: string, text: string, options?: GatherOptions): Promise<readonly ContextSnippet[]>;
  dispose(): Promise<void>;
}

export interface GatherOptions {
  readonly budgetTokens?: number;
  readonly deadlineMs?: number;
  readonly languageId?: string;
  readonly signal?: AbortSignal;
}

const PATIENT_MS = 20_000;

export async function createContextStage(
  files: Readonly<Record<string, string>>,
  parts: { readonly clock?: Clock; readonly files?: FileStore } = {},
): Promise<ContextStage> {
  const workspace = await createTemporaryWorkspace(files);
  const settingsChanged = new Emitter<void>();
  let excludedFiles: readonly string[] = [];
  let tabs: readonly DocumentView[] = [];
  let version = 0;
  const clock = parts.clock ?? systemClock;
  const errors: string[] = [];
  const logger: Logger = {
    ...silentLogger,
    error: (message, error) => void errors.push(`${message}: ${String(error)}`),
  };
  const privacy = createPrivacy({
    workspace,
    settings: () => ({ localOnly: false, localHosts: [], excludedFiles }),
    onSettingsChanged: settingsChanged.event,
    clock,
    homeFolder: join(workspace.root, 'home'),
  });
  const sources = createContextSources({
    openDocuments: { list: () => tabs },
    workspace,
    privacy,
    clock,
    logger,
    ...(parts.files === undefined ? {} : { files: parts.files }),
  });
  return {
    workspace,
    privacy,
    sources,
    errors,
    setExcluded: (globs) => {
      excludedFiles = globs;
      settingsChanged.fire();
    },
    open: (texts) => {
      version++;
      tabs = Object.entries(texts).map(([path, text]) => documentOf(workspace.path(path), text, 'typescript', version));
    },
    gather: async (path, text, options = {}) => {
      const { document, position } = documentWithCursor(workspace.path(path), text, options.languageId);
      const { budgetTokens = 2_000, deadlineMs = PATIENT_MS } = options;
      return gatherContext(
        { document, position, budgetTokens, deadlineMs },
        sources,
        options.signal ?? new AbortController().signal,
      );
    },
    dispose: async () => {
      sources.dispose();
      privacy.dispose();
      await workspace.dispose();
    },
  };
}
