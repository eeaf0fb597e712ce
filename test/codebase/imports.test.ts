import assert from 'node:assert/strict';
import { parseImports } from '../../src/codebase/imports.ts';
import type { LanguageFamily } from '../../src/codebase/languages.ts';

/** `specifier: local=exported …`, with `^` in front of what is only handed on. */
function shown(family: LanguageFamily, text: string): readonly string[] {
  return parseImports(family, text).map(({ specifier, names, isReexport }) => {
    const list = names.map(({ local, exported }) => (local === exported ? local : `${local}=${exported}`)).join(' ');
    return `${isReexport ? '^' : ''}${specifier}: ${list}`;
  });
}

describe('imports', () => {
  it('of TypeScript and JavaScript', () => {
    const text = `
import a from './a';
import type { B, C as D } from "../b.js";
import e, { type F, default as g } from './e';
import * as ns from '@scope/pkg';
import './effect.css';
import {
  h,
  i as j,
} from './h.js'
export { k, l as m } from './k.js';
export * from './n.js';
export * as o from './o.js';
export const notAnImport = 'from "x"';
const { p, q: r } = require('./p');
const s = require('s');
const { t } = await import('./t.js');
import u = require('./u');
export type { V } from './v';
`;
    assert.deepEqual(shown('script', text), [
      './a: a=default',
      '../b.js: B D=C',
      './e: F g=default e=default',
      '@scope/pkg: ns=*',
      './h.js: h j=i',
      '^./k.js: k m=l',
      '^./n.js: *',
      '^./o.js: o=*',
      '^./v: V',
      './p: p r=q',
      's: s=*',
      './t.js: t',
      './u: u=*',
    ]);
  });

  it('of Python', () => {
    const text = `
import os, a.b.c
import numpy as np
from . import x
from ..pkg.mod import (
    One,  # why
    two as deux,
)
from z import *
from long import a, \\
    b
`;
    assert.deepEqual(shown('python', text), [
      '.: x',
      '..pkg.mod: One deux=two',
      'z: *',
      'long: a b',
      'os: os=*',
      'a.b.c: a=*',
      'numpy: np=*',
    ]);
  });

  it('of Go', () => {
    const text = `package main
import "fmt"
import (
\t"example.com/mod/store"
\talias "example.com/mod/other"
\t. "example.com/mod/dot"
\t_ "example.com/mod/effect"
\t"example.com/mod/v2"
)`;
    assert.deepEqual(shown('go', text), [
      'fmt: fmt=*',
      'example.com/mod/store: store=*',
      'example.com/mod/other: alias=*',
      'example.com/mod/dot: *',
      'example.com/mod/v2: mod=*',
    ]);
  });

  it('of Rust', () => {
    const text = `
use crate::store::{self, Item, deep::{Other as Renamed, fns::*}};
pub use super::x::Y;
mod local;
pub(crate) mod shown;
use std::fmt;
`;
    assert.deepEqual(shown('rust', text), [
      'crate::store: store=*',
      'crate::store: Item',
      'crate::store::deep: Renamed=Other',
      'crate::store::deep::fns: *',
      '^super::x: Y',
      'std: fmt',
      'self::local: local=*',
      'self::shown: shown=*',
    ]);
  });

  it('of Java and C', () => {
    assert.deepEqual(shown('java', 'import a.b.C;\nimport static a.b.D.max;\nimport a.e.*;\n'), [
      'a.b.C: C',
      'a.b.D: max',
      'a.e.*: *',
    ]);
    assert.deepEqual(shown('cpp', '#include <vector>\n#include "x/y.h"\n  # include "z.hpp"\n'), [
      'x/y.h: *',
      'z.hpp: *',
    ]);
  });

  it('are read in no time from hostile text', () => {
    for (const unit of [
      'import {',
      'import a,',
      'export ',
      'from x import (',
      'use a::{',
      'import "',
      '#include "',
      'const {a} = ',
    ]) {
      for (const family of ['script', 'python', 'go', 'rust', 'java', 'cpp', 'csharp'] as const) {
        assert.ok(Array.isArray(parseImports(family, unit.repeat(50_000))));
      }
    }
  });
});
