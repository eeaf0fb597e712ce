import assert from 'node:assert/strict';
import { createImportResolver, type ImportResolver } from '../../src/codebase/import-resolver.ts';
import { parseImports } from '../../src/codebase/imports.ts';
import type { LanguageFamily } from '../../src/codebase/languages.ts';
import { createMemoryFiles, type MemoryFiles } from './memory-files.ts';

describe('the import resolver', () => {
  let files: MemoryFiles;
  let resolver: ImportResolver;

  function open(paths: readonly string[], texts: Readonly<Record<string, string>> = {}): void {
    files = createMemoryFiles({ ...Object.fromEntries(paths.map((path) => [path, ''])), ...texts });
    resolver = createImportResolver(files, () => ['/w']);
  }

  async function resolve(from: string, family: LanguageFamily, statement: string): Promise<readonly string[]> {
    const parsed = parseImports(family, `${statement}\n`)[0];
    assert.ok(parsed !== undefined, statement);
    return resolver.resolve(from, family, parsed);
  }

  it('finds relative TypeScript files, whatever the compiler calls them', async () => {
    open(['/w/src/a.ts', '/w/src/b.tsx', '/w/src/c/index.ts', '/w/src/d.js', '/w/e.mts', '/w/src/a.test.ts']);
    const from = '/w/src/x.ts';
    assert.deepEqual(await resolve(from, 'script', "import a from './a'"), ['/w/src/a.ts']);
    assert.deepEqual(await resolve(from, 'script', "import a from './a.js'"), ['/w/src/a.ts']);
    assert.deepEqual(await resolve(from, 'script', "import a from './a.ts'"), ['/w/src/a.ts']);
    assert.deepEqual(await resolve(from, 'script', "import a from './b.js'"), ['/w/src/b.tsx']);
    assert.deepEqual(await resolve(from, 'script', "import a from './c'"), ['/w/src/c/index.ts']);
    assert.deepEqual(await resolve(from, 'script', "import a from './d.js'"), ['/w/src/d.js']);
    assert.deepEqual(await resolve(from, 'script', "import a from '../e.mjs'"), ['/w/e.mts']);
    assert.deepEqual(await resolve(from, 'script', "import a from './none'"), []);
    assert.deepEqual(await resolve(from, 'script', "import a from 'node:fs'"), []);
  });

  it('follows paths and baseUrl of tsconfig files, also inherited ones', async () => {
    open(['/w/lib/a/b.ts', '/w/lib/exact.ts', '/w/src/deep/own.ts', '/w/pkg/src/y.ts'], {
      '/w/tsconfig.base.json':
        '{ // comment\n "compilerOptions": { "baseUrl": ".", "paths": { "@lib/*": ["missing/*", "lib/*"], "exact": ["lib/exact.ts"], }, }, }',
      '/w/tsconfig.json': '{ "extends": "./tsconfig.base.json" }',
      '/w/pkg/tsconfig.json': '{ "compilerOptions": { "paths": { "~/*": ["./src/*"] } } }',
    });
    assert.deepEqual(await resolve('/w/src/x.ts', 'script', "import a from '@lib/a/b'"), ['/w/lib/a/b.ts']);
    assert.deepEqual(await resolve('/w/src/x.ts', 'script', "import a from 'exact'"), ['/w/lib/exact.ts']);
    assert.deepEqual(await resolve('/w/src/x.ts', 'script', "import a from 'src/deep/own'"), ['/w/src/deep/own.ts']);
    assert.deepEqual(await resolve('/w/pkg/src/x.ts', 'script', "import a from '~/y'"), ['/w/pkg/src/y.ts']);
  });

  it('finds packages of the same workspace, and leaves out those of others', async () => {
    open([
      '/w/packages/core/src/index.ts',
      '/w/packages/core/src/sub.ts',
      '/w/node_modules/other/index.ts',
      '/w/app/x.ts',
    ]);
    files.link('/w/node_modules/@me/core', '/w/packages/core');
    assert.deepEqual(await resolve('/w/app/x.ts', 'script', "import a from '@me/core'"), [
      '/w/packages/core/src/index.ts',
    ]);
    assert.deepEqual(await resolve('/w/app/x.ts', 'script', "import a from '@me/core/sub'"), [
      '/w/packages/core/src/sub.ts',
    ]);
    assert.deepEqual(await resolve('/w/app/x.ts', 'script', "import a from 'other'"), []);
  });

  it('finds Python modules: relative, absolute, packages, names that are modules', async () => {
    open(['/w/pkg/__init__.py', '/w/pkg/a.py', '/w/pkg/sub/b.py', '/w/pkg/sub/c.py', '/w/src/lib/d.py', '/w/other.py']);
    const from = '/w/pkg/sub/x.py';
    assert.deepEqual(await resolve(from, 'python', 'from .b import B'), ['/w/pkg/sub/b.py']);
    assert.deepEqual(await resolve(from, 'python', 'from . import c'), ['/w/pkg/sub/c.py']);
    assert.deepEqual(await resolve(from, 'python', 'from ..a import A'), ['/w/pkg/a.py']);
    assert.deepEqual(await resolve(from, 'python', 'from pkg import a'), ['/w/pkg/__init__.py', '/w/pkg/a.py']);
    assert.deepEqual(await resolve(from, 'python', 'import other'), ['/w/other.py']);
    assert.deepEqual(await resolve(from, 'python', 'from lib.d import D'), ['/w/src/lib/d.py']);
    assert.deepEqual(await resolve(from, 'python', 'import os'), []);
  });

  it('finds the files of a Go package of the same module', async () => {
    open(['/w/store/a.go', '/w/store/b.go', '/w/store/a_test.go', '/w/cmd/main.go', '/w/cmd/more.go'], {
      '/w/go.mod': 'module example.com/app\n\ngo 1.22\n',
    });
    assert.deepEqual(await resolve('/w/cmd/main.go', 'go', 'import "example.com/app/store"'), [
      '/w/store/a.go',
      '/w/store/b.go',
    ]);
    assert.deepEqual(await resolve('/w/cmd/main.go', 'go', 'import "example.com/application"'), []);
    assert.deepEqual(await resolve('/w/cmd/main.go', 'go', 'import "fmt"'), []);
    assert.deepEqual(await resolver.siblings('/w/cmd/main.go', 'go'), ['/w/cmd/more.go']);
  });

  it('finds Rust modules from crate, self and super', async () => {
    open(['/w/Cargo.toml', '/w/src/lib.rs', '/w/src/a.rs', '/w/src/a/b.rs', '/w/src/c/mod.rs', '/w/src/c/d.rs']);
    assert.deepEqual(await resolve('/w/src/lib.rs', 'rust', 'mod a;'), ['/w/src/a.rs']);
    assert.deepEqual(await resolve('/w/src/c/d.rs', 'rust', 'use crate::a::b::Thing;'), ['/w/src/a/b.rs']);
    assert.deepEqual(await resolve('/w/src/c/d.rs', 'rust', 'use crate::a::Thing;'), ['/w/src/a.rs']);
    assert.deepEqual(await resolve('/w/src/c/mod.rs', 'rust', 'use self::d::X;'), ['/w/src/c/d.rs']);
    assert.deepEqual(await resolve('/w/src/a/b.rs', 'rust', 'use super::Thing;'), ['/w/src/a.rs']);
    assert.deepEqual(await resolve('/w/src/lib.rs', 'rust', 'use std::fmt;'), []);
  });

  it('finds Java classes without a build file, and C headers', async () => {
    open([
      '/w/src/main/java/a/b/C.java',
      '/w/src/main/java/a/x/D.java',
      '/w/include/p/q.h',
      '/w/src/r.h',
      '/w/src/main.c',
    ]);
    assert.deepEqual(await resolve('/w/src/main/java/a/x/D.java', 'java', 'import a.b.C;'), [
      '/w/src/main/java/a/b/C.java',
    ]);
    assert.deepEqual(await resolve('/w/src/main/java/a/x/D.java', 'java', 'import a.b.C.Inner;'), [
      '/w/src/main/java/a/b/C.java',
    ]);
    assert.deepEqual(await resolve('/w/src/main/java/a/x/D.java', 'java', 'import a.b.*;'), [
      '/w/src/main/java/a/b/C.java',
    ]);
    assert.deepEqual(await resolve('/w/src/main.c', 'cpp', '#include "p/q.h"'), ['/w/include/p/q.h']);
    assert.deepEqual(await resolve('/w/src/main.c', 'cpp', '#include "r.h"'), ['/w/src/r.h']);
  });

  it('remembers, and forgets when files come or go', async () => {
    open(['/w/x.ts']);
    assert.deepEqual(await resolve('/w/x.ts', 'script', "import a from './a'"), []);
    files.set('/w/a.ts', '');
    assert.deepEqual(await resolve('/w/x.ts', 'script', "import a from './a'"), []);
    resolver.forget();
    assert.deepEqual(await resolve('/w/x.ts', 'script', "import a from './a'"), ['/w/a.ts']);
  });

  it('survives broken configuration', async () => {
    open(['/w/a.ts'], {
      '/w/tsconfig.json': '{ "compilerOptions": { "paths": { "x": 5, "y/*": [7] } }, "extends": [1',
    });
    assert.deepEqual(await resolve('/w/x.ts', 'script', "import a from 'x'"), []);
    open(['/w/a.ts'], { '/w/tsconfig.json': '{ "extends": "./tsconfig.json" }' });
    assert.deepEqual(await resolve('/w/x.ts', 'script', "import a from 'x'"), []);
  });
});
