/** Whether a piece of text looks like key material, or like something that a person wrote. */

/**
 * The second letters that commonly follow each first letter (a to z): 279 pairs that cover 97.5 % of the letter pairs in
 * 1,965 source files (TypeScript, JavaScript, Python). A random pair is among them in 41 % of the cases.
 */
const COMMON_PAIRS = [
  'bcdfgiklmnprstuvwxy aeijlorsu acehiklorstuy acdefilorstuy abcdefgilmnopqrstvwxy aefilortu aehilnrstu aeiort',
  'abcdefglmnoprstvz es eis adefilostuy abeimopsu acdefgiklnoprstuvy abcdefgiklmnoprstuvw aeiloprstu u',
  'acdefgiklmnoprstuvy acehiklmopstuwy acdefhilmoprstuy abcdefgilmnprst aeio aehinors cept npst aeo',
]
  .join(' ')
  .split(' ');

/** Weights of the evidence, in nats: the log of how much likelier each thing is in words than in random text. */
const COMMON_PAIR = 0.95;
const RARE_PAIR = -2.9;
const CAPITAL_AFTER_SMALL = -0.6;
const LETTER_BESIDE_DIGIT = -1.5;
const DIGIT_PAIR = -0.3;

/** Below this a text counts as random: misses 0.2 % of random texts of 16 characters, 0.01 % of 32. */
const RANDOM_BELOW = -1;

/** Key material rather than words. Meant for 8 characters or more; costs one pass over at most 256 characters. */
export function looksRandom(text: string): boolean {
  const length = Math.min(text.length, 256);
  let score = 0;
  let previous = 0;
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    const small = code | 0x20;
    const isLetter = small >= 0x61 && small <= 0x7a;
    const isDigit = code >= 0x30 && code <= 0x39;
    const previousSmall = previous | 0x20;
    const afterLetter = previousSmall >= 0x61 && previousSmall <= 0x7a;
    const afterDigit = previous >= 0x30 && previous <= 0x39;
    if (isLetter && afterLetter) {
      score += isCommonPair(previousSmall, small) ? COMMON_PAIR : RARE_PAIR;
      score += code < 0x61 && previous >= 0x61 ? CAPITAL_AFTER_SMALL : 0;
    } else if ((isLetter && afterDigit) || (isDigit && afterLetter)) {
      score += LETTER_BESIDE_DIGIT;
    } else if (isDigit && afterDigit) {
      score += DIGIT_PAIR;
    }
    previous = code;
  }
  return score < RANDOM_BELOW;
}

/** Both are codes of small letters. */
function isCommonPair(first: number, second: number): boolean {
  return PAIRS[(first - 0x61) * 26 + second - 0x61] === 1;
}

const PAIRS = new Uint8Array(26 * 26);
for (const [first, seconds] of COMMON_PAIRS.entries()) {
  for (const second of seconds) {
    PAIRS[first * 26 + second.charCodeAt(0) - 0x61] = 1;
  }
}

const STARTS_AS_REFERENCE =
  /^(?:[<[{%*]|\$[A-Za-z_{(]|process\.|import\.meta|os\.|env[.([]|ENV\b|secrets?\.|vars?\.|config\.|settings\.|\.{3})/;
const PLACEHOLDER_WORDS =
  /(?:^|[^A-Za-z])(?:your|my|the|example|changeme|change|placeholder|redacted|dummy|sample|fake|insert|replace|todo|x{3,})(?:$|[^a-z])/i;
const INTERPOLATION = /[$#%]\{|\{\{|%\(|\$\(/;
const IDENTIFIER_PATH = /^[A-Za-z_$][\w$]*(?:(?:\.|\?\.|::|->)[A-Za-z_$][\w$]*)+$/;
/** Paths, addresses, dates, version ranges, our own placeholders, one character repeated. */
const NO_KEY =
  /^(?:\.{0,2}\/|[a-z][\w+.-]{1,20}:\/\/|\d{4}-\d\d-\d\d|[~^<>=v]{0,2}\d+\.\d+\.\d+(?:[-+ ]|$)|REDACTED_[A-Z_]+$|(.)\1*$)/;

/** A stand-in, a reference, a path or an address: something that is no secret, whatever its name says. */
export function isPlaceholder(value: string): boolean {
  if (STARTS_AS_REFERENCE.test(value) || NO_KEY.test(value)) {
    // A base64 value may begin with a slash, so a path has to read like one.
    return !(value.startsWith('/') && looksRandom(value));
  }
  return (
    (IDENTIFIER_PATH.test(value) || PLACEHOLDER_WORDS.test(value) || INTERPOLATION.test(value)) && !looksRandom(value)
  );
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** A value that is long and random enough to be a token or a key, given that its name says so. */
export function isKeyMaterial(value: string, minLength: number): boolean {
  return (
    value.length >= minLength && !/\s/.test(value) && !isPlaceholder(value) && (looksRandom(value) || UUID.test(value))
  );
}

/** An unquoted value that is code: an expression, a variable, a member of an object. */
export function isExpression(value: string): boolean {
  if (/&&|\|\||=>|\[|\?\.|::|->/.test(value)) {
    return true;
  }
  return IDENTIFIER_PATH.test(value)
    ? !value.split('.').some((part) => part.length >= 16 && looksRandom(part) && HAS_DIGITS.test(part))
    : IDENTIFIER.test(value.replace(/^!+/, '')) && !HAS_DIGITS.test(value);
}

const HAS_DIGITS = /\d[^\d]*\d/;
const IDENTIFIER = /^[A-Za-z_$][\w$.]*$/;

/** A value that may be a password, given that its name says so: a letter or digit together with a digit or a symbol. */
export function isPassword(value: string): boolean {
  return (
    value.length >= 6 &&
    !/\s/.test(value) &&
    /[\d!@#$%^&*+~?]/.test(value) &&
    /[A-Za-z\d]/.test(value) &&
    !isPlaceholder(value)
  );
}
