import assert from 'node:assert/strict';
import { isBuiltin } from 'node:module';
import { type Metafile, build } from 'esbuild';
import { buildOptions } from '../../esbuild.mjs';

/** Issue 2, section 6: what VS Code has to load before Reaper can start. */
const ENTRY_BUDGET_BYTES = 300_000;

describe('the bundle', () => {
  let metafile: Metafile;

  before(async () => {
    const result = await build({ ...buildOptions({ minify: true }), write: false });
    metafile = result.metafile;
  });

  it('has an entry that stays small; everything else is loaded when it is needed', () => {
    const bytes = loadedAtOnce(metafile, 'dist/extension.js').reduce(
      (sum, file) => sum + (metafile.outputs[file]?.bytes ?? 0),
      0,
    );
    assert.ok(bytes > 0);
    assert.ok(bytes <= ENTRY_BUDGET_BYTES, `${bytes} bytes are loaded at start, ${ENTRY_BUDGET_BYTES} are allowed`);
  });

  it('loads neither prices nor OpenTelemetry at the start', () => {
    const inputs = loadedAtOnce(metafile, 'dist/extension.js').flatMap((file) =>
      Object.keys(metafile.outputs[file]?.inputs ?? {}),
    );
    assert.deepEqual(
      inputs.filter((path) => /@opentelemetry|genai-prices/.test(path)),
      [],
    );
    assert.ok(
      Object.values(metafile.outputs).some(({ inputs: all }) => Object.keys(all).join().includes('@opentelemetry')),
    );
  });

  it('leaves VS Code and Node outside, and everything else inside', () => {
    const outside = Object.values(metafile.outputs).flatMap(({ imports }) =>
      imports.filter(({ external }) => external === true).map(({ path }) => path),
    );
    assert.deepEqual(
      outside.filter((path) => path !== 'vscode' && !isBuiltin(path)),
      [],
    );
  });
});

/** An output and everything that it imports statically, at any depth. */
function loadedAtOnce(metafile: Metafile, entry: string, seen = new Set<string>()): string[] {
  if (seen.has(entry)) {
    return [];
  }
  seen.add(entry);
  for (const { path, kind, external } of metafile.outputs[entry]?.imports ?? []) {
    if (kind === 'import-statement' && external !== true) {
      loadedAtOnce(metafile, path, seen);
    }
  }
  return [...seen];
}
