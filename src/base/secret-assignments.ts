/** Values that are secrets because of the name that they are given to. */
import { NAMED_KINDS } from './secret-kinds.ts';
import type { SecretSpan } from './secret-spans.ts';
import { isExpression, isKeyMaterial, isPassword } from './secret-values.ts';

const TELLING_NAME =
  /pass(?:word|wd|phrase|code|$)|pwd|passwd|secret|token|credential|api_?-?key|access_?-?key|account_?-?key|auth(?!or)|priv(?:ate)?_?-?key|sign(?:ing|ature)?_?-?key|encrypt(?:ion)?_?-?key|master_?-?key|shared_?-?key|license_?-?key|bearer|webhook|heroku|cloudflare|salt$|dsn$/i;
const PASSWORD_NAME = /(?:pass(?:word|wd|phrase|code)?|pwd|passwd)$/i;
/** Members of a private JSON Web Key, which have no telling names. */
const KEY_PART_NAME = /^(?:d|p|q|dp|dq|qi|k)$/;

/** Shortest value of a name such as `token`: shorter ones are names and kinds of tokens. */
const SHORTEST_KEY = 16;
/** The same where the end of the text cuts the value off. */
const SHORTEST_CUT_KEY = 8;
/** Private members of a JSON Web Key are longer than this. */
const SHORTEST_KEY_PART = 40;
/** No more of a value is read to judge it, so that many names before one long value stay cheap. */
const LONGEST_JUDGED = 256;

/** Whether the run of word characters may be a name with a value behind it; costs a few characters. */
export function isFollowedByValue(text: string, end: number): boolean {
  let index = end;
  for (let code = text.charCodeAt(index); index < end + 24; code = text.charCodeAt(++index)) {
    if (code === EQUALS || code === COLON || code === GREATER || code === COMMA || code === BANG) {
      return true;
    }
    if (code !== SPACE && code !== TAB && code !== BACKSLASH && code !== BRACKET && !QUOTES.has(code)) {
      return false;
    }
  }
  return false;
}

/** Finds the secret that is the value of the name in `[start, end)`; gives where it ends, or `end`. */
export function findAssigned(text: string, start: number, end: number, spans: SecretSpan[]): number {
  // Names are read from their end: the head of a compound comes last.
  const name = text.slice(Math.max(start, end - 64), end);
  const isKeyPart = KEY_PART_NAME.test(name) && QUOTES.has(text.charCodeAt(end));
  if (!isKeyPart && !TELLING_NAME.test(name)) {
    return end;
  }
  SEPARATOR.lastIndex = end;
  if (!SEPARATOR.test(text)) {
    return end;
  }
  const separator = text.slice(end, SEPARATOR.lastIndex);
  const isElement = separator.startsWith('>');
  if (isElement && text.charAt(start - 1) !== '<') {
    return end;
  }
  const value =
    quotedValue(text, SEPARATOR.lastIndex) ?? (isKeyPart ? undefined : bareValue(text, start, SEPARATOR.lastIndex));
  if (value === undefined) {
    return end;
  }
  const content = text.slice(value.start, value.end);
  if (isKeyPart ? isKeyMaterial(content, SHORTEST_KEY_PART) : isSecretValue(name, content, value, separator)) {
    const valueEnd = value.endOfAll();
    spans.push({ start: value.start, end: valueEnd, kind: kindOf(name, isKeyPart) });
    return valueEnd;
  }
  return end;
}

interface Value {
  readonly start: number;
  /** Of the part that is judged. */
  readonly end: number;
  /** Of the whole value, however long. */
  readonly endOfAll: () => number;
  readonly form: 'quoted' | 'cut' | 'bare' | 'bare-line';
}

function isSecretValue(name: string, content: string, value: Value, separator: string): boolean {
  if (value.form === 'bare' && separator !== '=' && isExpression(content)) {
    return false;
  }
  if (isKeyMaterial(content, value.form === 'cut' ? SHORTEST_CUT_KEY : SHORTEST_KEY)) {
    return true;
  }
  if (!PASSWORD_NAME.test(name)) {
    return false;
  }
  switch (value.form) {
    case 'quoted':
    case 'cut':
      return isPassword(content);
    // `PASSWORD=x1` of a shell or `.env` file, and a line of its own in YAML; elsewhere a bare word is a variable.
    case 'bare-line':
      return isPassword(content);
    case 'bare':
      return isPassword(content) && (separator === '=' || separator === '>' || /[!@#$%^&*+~]/.test(content));
  }
}

/**
 * From a name to its value: `=`, `:`, `:=`, `=>`, a comparison, a type annotation before `=`, `", "` between arguments, `" value="`
 * of an XML attribute, `>` of an XML element; then at most `something ||` or `something ??` and one call's name.
 */
const SEPARATOR =
  /\\?["'`]?\]?[ \t]{0,16}(?:[!:]?={1,3}>?|:(?:[ \t]{0,8}[\w.<>[\]|?]{1,60}[ \t]{0,8}=(?!=))?|>|(?<=["'`]),|(?<=["'`])[ \t]{1,8}value=)\s{0,40}(?:[\w.$[\]]{1,60}[ \t]{0,4}(?:\?\?|\|\|)\s{0,40})?(?:(?:new )?[\w.:]{1,40}\()?/y;
const OPENING = /(?:[bBrRuUfFL@$]{0,2})(\\?(?:"""|'''|["'`]))/y;

function quotedValue(text: string, at: number): Value | undefined {
  OPENING.lastIndex = at;
  const quote = OPENING.exec(text)?.[1];
  if (quote === undefined) {
    return undefined;
  }
  const start = OPENING.lastIndex;
  const end = closingQuote(text, quote, start, Math.min(text.length, start + LONGEST_JUDGED));
  const form = end === text.length ? 'cut' : 'quoted';
  return { start, end, endOfAll: () => closingQuote(text, quote, end, text.length), form };
}

function closingQuote(text: string, quote: string, from: number, limit: number): number {
  for (let index = from; index < limit; index++) {
    const code = text.charCodeAt(index);
    if (code === NEWLINE || text.startsWith(quote, index)) {
      return index;
    }
    if (code === BACKSLASH && !quote.startsWith('\\')) {
      index++;
    }
  }
  return limit;
}

const BARE = /[^\s"'`,;<>(){}|\\]+/y;
const BARE_IN_URL = /[^\s"'`,;<>(){}|\\&#]+/y;

function bareValue(text: string, nameStart: number, at: number): Value | undefined {
  const before = text.charAt(nameStart - 1);
  const pattern = before === '?' || before === '&' ? BARE_IN_URL : BARE;
  pattern.lastIndex = 0;
  if (!pattern.test(text.slice(at, at + LONGEST_JUDGED))) {
    return undefined;
  }
  const end = at + pattern.lastIndex;
  const endOfAll = (): number => {
    pattern.lastIndex = at;
    return pattern.test(text) ? pattern.lastIndex : end;
  };
  if (end === text.length) {
    return { start: at, end, endOfAll, form: 'cut' };
  }
  const next = text.charCodeAt(end);
  const lineStart = text.slice(Math.max(0, nameStart - 40), nameStart);
  const ownLine =
    (next === NEWLINE || next === RETURN) && /(?:^|\n)[ \t]*(?:- |export |ENV |ARG |set )?$/.test(lineStart);
  return { start: at, end, endOfAll, form: ownLine ? 'bare-line' : 'bare' };
}

/** `Authorization: Bearer x`, `Basic x`; command lines such as `--password x` and `-u name:x`. */
const SPACED = /[ \t]+(\\?["'`])?([^\s"'`,;<>(){}|\\]{4,512})/y;

/** The secret that stands after the word in `[start, end)` with only blanks between. */
export function findSpaced(text: string, start: number, end: number, spans: SecretSpan[]): void {
  const word = text.slice(start, Math.min(end, start + 40));
  const isScheme = /^(?:bearer|basic|token)$/i.test(word);
  const isUser = word === '-u' || word === '--user';
  if (!isScheme && !isUser && !(word.startsWith('--') && TELLING_NAME.test(word))) {
    return;
  }
  SPACED.lastIndex = end;
  const value = SPACED.exec(text)?.[2];
  if (value === undefined) {
    return;
  }
  const valueEnd = SPACED.lastIndex;
  const colon = value.indexOf(':');
  const secret = isUser ? value.slice(colon + 1) : value;
  if (
    isUser ? colon > 0 && isPassword(secret) : isKeyMaterial(secret, SHORTEST_KEY) || (!isScheme && isPassword(secret))
  ) {
    spans.push({ start: valueEnd - secret.length, end: valueEnd, kind: isScheme ? 'TOKEN' : kindOf(word, false) });
  }
}

function kindOf(name: string, isKeyPart: boolean): string {
  return isKeyPart ? 'PRIVATE_KEY' : (NAMED_KINDS.find((row) => row.name.test(name))?.kind ?? 'SECRET');
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const TAB = 0x09;
const SPACE = 0x20;
const BANG = 0x21;
const COMMA = 0x2c;
const COLON = 0x3a;
const EQUALS = 0x3d;
const GREATER = 0x3e;
const BACKSLASH = 0x5c;
const BRACKET = 0x5d;
const QUOTES: ReadonlySet<number> = new Set([0x22, 0x27, 0x60]);
