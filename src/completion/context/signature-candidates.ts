/** Which declarations of other files matter at the cursor, the most important first. */
import type { SlicedWork } from '../../codebase/background.ts';
import type { Declaration } from '../../codebase/declaration.ts';
import type { FileSymbols } from '../../codebase/symbol-index.ts';
import type { ImportingFile, ImportLoader } from './imported-files.ts';
import { isBuiltIn, type NearbyNames } from './nearby-names.ts';

export interface Candidate {
  readonly symbols: FileSymbols;
  readonly declaration: Declaration;
  /** Smaller is nearer. Below 0: what the cursor's own line leads to. */
  readonly rank: number;
}

/** Imported, but not used near the cursor. */
const FAR = 500;
/** The receiver's type; each further guess counts one more. */
const LIKELY = -40;
/** A type that a declaration mentions is this much farther than the declaration. */
const MENTIONED = 60;
/** The same, where the cursor's line names the member that has the type. */
const MENTIONED_BY_NAMED_MEMBER = 4;
/** Only the nearest declarations are followed to the types that they mention. */
const MAX_FOLLOWED = 24;
const MAX_REEXPORTS = 3;

/** An importing file may have hundreds of imports. */
const MAX_IMPORTS = 80;

export function* signatureCandidates(
  file: ImportingFile,
  nearby: NearbyNames,
  loader: ImportLoader,
): SlicedWork<readonly Candidate[]> {
  const found = new Map<Declaration, Candidate>();
  const add = (symbols: FileSymbols, declaration: Declaration, rank: number): void => {
    const known = found.get(declaration);
    if (known === undefined || rank < known.rank) {
      found.set(declaration, { symbols, declaration, rank });
    }
  };
  const likely = new Map(nearby.likelyTypes.map((name, index) => [name, LIKELY + index]));
  const rankOf = (name: string, otherwise: number): number => {
    const distance = nearby.distances.get(name) ?? otherwise;
    return Math.min(distance, likely.get(name) ?? distance);
  };

  const used: Used = { names: [...new Set([...nearby.distances.keys(), ...nearby.likelyTypes])], rankOf, add };
  for (const symbols of loader.filesBeside(file)) {
    addUsed(symbols, used);
    yield;
  }
  for (const [order, statement] of file.imports.slice(0, MAX_IMPORTS).entries()) {
    for (const symbols of loader.filesOf(file, statement)) {
      for (const { local, exported } of statement.names) {
        if (local === '*') {
          addUsed(symbols, used);
        } else if (exported === '*') {
          addNamespace(symbols, local, loader, used);
        } else {
          for (const hit of declarationsNamed(symbols, exported, loader, MAX_REEXPORTS)) {
            add(hit.symbols, hit.declaration, rankOf(local, FAR + order));
          }
        }
      }
      yield;
    }
  }
  yield* addMentioned([...found.values()], nearby, loader, add);
  return [...found.values()].toSorted(compare);
}

/** A total order, so that equal ranks never swap places. */
function compare(a: Candidate, b: Candidate): number {
  if (a.rank !== b.rank) {
    return a.rank - b.rank;
  }
  if (a.symbols.path !== b.symbols.path) {
    return a.symbols.path < b.symbols.path ? -1 : 1;
  }
  return a.declaration.header < b.declaration.header ? -1 : 1;
}

type Add = (symbols: FileSymbols, declaration: Declaration, rank: number) => void;

/** The names near the cursor, and what to do with what they mean. */
interface Used {
  readonly names: readonly string[];
  readonly rankOf: (name: string, otherwise: number) => number;
  readonly add: Add;
}

/** Of a file that is visible as a whole, what is used. */
function addUsed(symbols: FileSymbols, { names, rankOf, add }: Used): void {
  for (const name of names) {
    for (const declaration of declaredIn(symbols, name)) {
      add(symbols, declaration, rankOf(name, FAR));
    }
  }
}

function addNamespace(symbols: FileSymbols, local: string, loader: ImportLoader, { names, rankOf, add }: Used): void {
  const rank = rankOf(local, FAR);
  const offer = offerOf(symbols, local, loader);
  for (const name of names) {
    for (const hit of offer.byName.get(name) ?? []) {
      add(hit.symbols, hit.declaration, Math.max(rank, rankOf(name, FAR)));
    }
  }
  if (rank < 0) {
    add(symbols, offer.outline, rank);
  }
}

/** All that a file offers as a whole: what it declares, and what it hands on from others. */
interface Offer {
  readonly files: readonly FileSymbols[];
  readonly byName: ReadonlyMap<string, readonly Hit[]>;
  /** As one declaration. */
  readonly outline: Declaration;
}

const offers = new WeakMap<FileSymbols, Offer>();
/** Of each thing that a module offers, this much of the signature. */
const OUTLINE_CHARACTERS = 120;

function offerOf(symbols: FileSymbols, local: string, loader: ImportLoader): Offer {
  const files = [...new Set(handedOnBy(symbols, loader, MAX_REEXPORTS))];
  const known = offers.get(symbols);
  if (known?.files.length === files.length && known.files.every((file, index) => file === files[index])) {
    return known;
  }
  const hits = files.flatMap((file) => file.declarations.map((declaration) => ({ symbols: file, declaration })));
  const members = hits.map(({ declaration: { name, header } }) => ({
    name,
    text: header.slice(0, OUTLINE_CHARACTERS),
  }));
  const outline: Declaration = { name: local, header: `namespace ${local}`, members, braces: 'braces' };
  const offer = { files, byName: Map.groupBy(hits, ({ declaration }) => declaration.name), outline };
  offers.set(symbols, offer);
  return offer;
}

/** The file, and those that it hands on as a whole. */
function handedOnBy(symbols: FileSymbols, loader: ImportLoader, depth: number): readonly FileSymbols[] {
  const whole = symbols.imports.filter(
    ({ isReexport, names }) => isReexport && names.some(({ local }) => local === '*'),
  );
  const files = depth === 0 ? [] : whole.flatMap((statement) => loader.filesOf(symbols, statement));
  return [symbols, ...files.flatMap((file) => handedOnBy(file, loader, depth - 1))];
}

type Hit = Pick<Candidate, 'symbols' | 'declaration'>;

/** Where a name is declared, through files that only hand it on. */
function declarationsNamed(symbols: FileSymbols, name: string, loader: ImportLoader, depth: number): readonly Hit[] {
  const own = declaredIn(symbols, name);
  if (own.length > 0 || depth === 0) {
    return own.map((declaration) => ({ symbols, declaration }));
  }
  const handedOn = symbols.imports.flatMap((statement) => {
    const entry = statement.names.find(({ local }) => local === name || (local === '*' && statement.isReexport));
    return entry === undefined ? [] : [{ statement, wanted: entry.local === '*' ? name : entry.exported }];
  });
  return handedOn.flatMap(({ statement, wanted }) =>
    loader.filesOf(symbols, statement).flatMap((target) => declarationsNamed(target, wanted, loader, depth - 1)),
  );
}

const byName = new WeakMap<FileSymbols, ReadonlyMap<string, readonly Declaration[]>>();

function declaredIn(symbols: FileSymbols, name: string): readonly Declaration[] {
  let names = byName.get(symbols);
  if (names === undefined) {
    names = Map.groupBy(symbols.declarations, (declaration) => declaration.name);
    byName.set(symbols, names);
  }
  return names.get(name) ?? [];
}

/** The types that the nearest declarations mention, declared in the same file or imported there. */
function* addMentioned(
  direct: readonly Candidate[],
  nearby: NearbyNames,
  loader: ImportLoader,
  add: Add,
): SlicedWork<undefined> {
  const nearest = direct.toSorted(compare).slice(0, MAX_FOLLOWED);
  const likely = new Set(nearby.likelyTypes);
  for (const { symbols, declaration, rank } of nearest) {
    const named = declaration.members.filter(({ name }) => likely.has(name));
    // What the cursor's line leads to has its own members and those it inherits.
    const inherited = rank < 0 ? typesIn(declaration.header) : [];
    const urgent = new Set([...named.flatMap(({ text }) => typesIn(text)), ...inherited]);
    for (const type of new Set([...urgent, ...mentionedBy(declaration)])) {
      const distance = urgent.has(type) ? MENTIONED_BY_NAMED_MEMBER : MENTIONED;
      for (const hit of declarationsNamed(symbols, type, loader, MAX_REEXPORTS)) {
        if (hit.declaration !== declaration) {
          add(hit.symbols, hit.declaration, rank + distance);
        }
      }
    }
    yield;
  }
  return undefined;
}

/** Of a table with thousands of members not all are followed; they would take longer than a step may. */
const MAX_MEMBERS_READ = 200;
const MAX_MENTIONED = 60;

const mentions = new WeakMap<Declaration, readonly string[]>();

function mentionedBy(declaration: Declaration): readonly string[] {
  let types = mentions.get(declaration);
  if (types === undefined) {
    const texts = declaration.members.slice(0, MAX_MEMBERS_READ).map(({ text }) => text);
    types = [...new Set([declaration.header, ...texts].flatMap(typesIn))].slice(0, MAX_MENTIONED);
    mentions.set(declaration, types);
  }
  return types;
}

/** Types begin with a capital letter in all the languages that are read. */
function typesIn(text: string): readonly string[] {
  return [...text.matchAll(/\b[A-Z][\w$]*/g)].map(([name]) => name).filter((name) => !isBuiltIn(name));
}
