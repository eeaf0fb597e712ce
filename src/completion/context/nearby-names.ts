/** Which names stand near the cursor, and which types the things around it probably have. */
import type { DocumentView, Position } from '../../editor/document.ts';

export interface NearbyNames {
  /** Name → how far away its nearest use is, in lines; uses below the cursor count double. */
  readonly distances: ReadonlyMap<string, number>;
  /** Names of types that the cursor's line and the lines above it lead to, most likely first. */
  readonly likelyTypes: readonly string[];
  /** How much a name has to do with what is written near the cursor, by the words it is made of; 0 if nothing. */
  relevance(name: string): number;
}

/** How far the eye goes: a long function, and the beginning of what follows. */
const LINES_ABOVE = 160;
const LINES_BELOW = 40;
/** Lines that are searched for the declaration of a variable. */
const LINES_SEARCHED = 400;
const LONGEST_LINE = 400;

export function nearbyNames(document: DocumentView, position: Position): NearbyNames {
  const distances = new Map<string, number>();
  const note = (distance: number, text: string): void => {
    for (const [name] of text.matchAll(NAME)) {
      const known = distances.get(name);
      if (known === undefined || distance < known) {
        distances.set(name, distance);
      }
    }
  };
  const cursorLine = lineText(document, position.line).slice(0, position.character);
  note(0, cursorLine);
  for (let line = position.line - 1; line >= Math.max(0, position.line - LINES_ABOVE); line--) {
    note(position.line - line, lineText(document, line));
  }
  for (let line = position.line; line < Math.min(document.lineCount, position.line + LINES_BELOW); line++) {
    const text = lineText(document, line);
    note((line - position.line) * 2 + 1, line === position.line ? text.slice(position.character) : text);
  }
  const parts = partWeights(distances);
  return {
    distances,
    likelyTypes: likelyTypes(document, position, cursorLine),
    relevance: (name) => {
      const own = partsOf(name);
      const sum = own.reduce((total, part) => total + (parts.get(part) ?? 0), 0);
      // A name that stands there already is known to the model.
      const known = distances.has(name) ? KNOWN_NAME : 1;
      return own.length === 0 ? 0 : (known * sum) / (own.length + 1);
    },
  };
}

const KNOWN_NAME = 0.5;
/** Distance at which the words of a name count half. */
const HALF_WEIGHT_LINES = 8;

function partWeights(distances: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const [name, distance] of distances) {
    const weight = HALF_WEIGHT_LINES / (HALF_WEIGHT_LINES + distance);
    for (const part of partsOf(name)) {
      weights.set(part, Math.max(weights.get(part) ?? 0, weight));
    }
  }
  return weights;
}

const knownParts = new Map<string, readonly string[]>();
/** Some megabytes; a name is split again in a fraction of a microsecond. */
const MAX_KNOWN_PARTS = 50_000;

/** `getHTTPResponse_code` → get, http, response, code. */
function partsOf(name: string): readonly string[] {
  let parts = knownParts.get(name);
  if (parts === undefined) {
    const found = name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? [];
    parts = found.filter((part) => part.length > 1).map((part) => part.toLowerCase());
    if (knownParts.size >= MAX_KNOWN_PARTS) {
      knownParts.clear();
    }
    knownParts.set(name, parts);
  }
  return parts;
}

const NAME = /[A-Za-z_$][\w$]+/g;
/** `a.b?.c(…).` in front of the cursor, without the arguments. */
const RECEIVER =
  /([A-Za-z_$][\w$]*(?:\([^()]*\))?(?:(?:\?\.|\.|::|->)#?[A-Za-z_$][\w$]*(?:\([^()]*\))?)*)(?:\?\.|\.|::|->)\w*$/;

/** The receiver's own type first, then those of the other names on the line. */
function likelyTypes(document: DocumentView, position: Position, cursorLine: string): readonly string[] {
  const receiver = RECEIVER.exec(cursorLine.slice(-200))?.[1] ?? '';
  const chain = receiver.replace(/\([^()]*\)|#/g, '').split(/\?\.|\.|::|->/);
  const names = chain.filter((name) => name !== '' && name !== 'this' && name !== 'self').toReversed();
  const onLine = [...cursorLine.slice(-200).matchAll(NAME)].map(([name]) => name).toReversed();
  const own = chain[0] === 'this' || chain[0] === 'self' || chain[0] === 'super' || chain[0] === 'cls';
  const types = new Set<string>(own && chain.length === 1 ? heritage(document, position) : []);
  for (const name of new Set([...names, ...onLine])) {
    types.add(name);
    for (const type of declaredTypes(document, position, name)) {
      types.add(type);
    }
    if (types.size > 24) {
      break;
    }
  }
  return [...types];
}

/** What the class around the cursor extends and implements. */
function heritage(document: DocumentView, position: Position): readonly string[] {
  for (let line = position.line; line >= Math.max(0, position.line - LINES_OF_A_CLASS); line--) {
    const text = lineText(document, line);
    if (CLASS.test(text)) {
      // The heritage may stand on the following lines.
      const header =
        [text, lineText(document, line + 1), lineText(document, line + 2)].join(' ').split(/[{]|:\s*$/)[0] ?? '';
      const bases = /\bclass\s+[\w$]+(.*)$/.exec(header)?.[1] ?? '';
      return [...bases.matchAll(NAME)]
        .map(([name]) => name)
        .filter((name) => name !== 'extends' && name !== 'implements');
    }
  }
  return [];
}

const LINES_OF_A_CLASS = 3_000;
const CLASS = /^\s*(?:export\s+|default\s+|abstract\s+|public\s+|final\s+)*class\s/;

/** The types in the nearest declaration of a variable, parameter or field above the cursor. */
function declaredTypes(document: DocumentView, position: Position, name: string): readonly string[] {
  const last = Math.max(0, position.line - LINES_SEARCHED);
  for (let line = position.line; line >= last; line--) {
    const text = lineText(document, line);
    for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + name.length)) {
      const before = text.charCodeAt(at - 1);
      if (at > 0 && isWordCode(before)) {
        continue;
      }
      const annotation = ANNOTATION.exec(text.slice(at + name.length, at + name.length + 160));
      if (annotation !== null) {
        const found = [...(annotation[1] ?? annotation[2] ?? '').matchAll(NAME)].map(([type]) => type);
        if (found.length > 0) {
          return found.filter((type) => !BUILT_IN.has(type)).slice(0, 4);
        }
      }
    }
  }
  return [];
}

/** `: Type`, `= new Type(`, `= await make(`, `:= pkg.New(` behind a name. */
const ANNOTATION =
  /^[?!]?\s*(?::(?!=|:)\s*([^=;,){}]{1,100})|:?=\s*(?:await\s+)?(?:new\s+|&|\*)?([A-Za-z_$][\w$.:]*)\s*[({<!;]?)/;

const BUILT_IN: ReadonlySet<string> = new Set(
  'string number boolean void undefined null unknown never object any bigint symbol readonly const this self Promise Array ReadonlyArray Record Partial Readonly Required Pick Omit Map Set ReadonlyMap ReadonlySet Iterable AsyncIterable Error Date RegExp true false int str bool float list dict tuple Optional Option Result Vec String Box Some None new await'.split(
    ' ',
  ),
);

export function isBuiltIn(name: string): boolean {
  return BUILT_IN.has(name);
}

function isWordCode(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) || code === 0x5f
  );
}

function lineText(document: DocumentView, line: number): string {
  return line < document.lineCount ? document.lineAt(line).slice(0, LONGEST_LINE) : '';
}
