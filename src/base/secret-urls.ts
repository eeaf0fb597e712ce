/** Passwords in addresses: `scheme://user:password@host`, also where the text was cut in the middle of one. */
import type { SecretSpan } from './secret-spans.ts';
import { isPlaceholder, looksRandom } from './secret-values.ts';

/** Addresses of these may hold unescaped slashes in the password and have no `@` after the host. */
const SERVICE =
  /^(?:postgres(?:ql)?|mysqlx?|mariadb|mongodb(?:\+srv)?|rediss?|valkey|amqps?|mssql|sqlserver|clickhouse|cockroachdb|cassandra|oracle|db2|ldaps?|smtps?|imaps?|s?ftps?|ssh|nats|kafka|couchbases?|neo4j|bolt|influxdb|elasticsearch)/i;
const LONGEST_CREDENTIALS = 1_024;

/** The secrets in the address whose `://` begins at `colon`. */
export function findInUrl(text: string, colon: number, spans: SecretSpan[]): void {
  let schemeStart = colon;
  while (schemeStart > 0 && colon - schemeStart < 30 && /[\w+.-]/.test(text.charAt(schemeStart - 1))) {
    schemeStart--;
  }
  // `pages=http://…` and `mysql+pymysql://…`: the last word is the scheme, but a driver may follow it.
  const isService = SERVICE.test(text.slice(schemeStart, colon).replace(/^[^A-Za-z]+/, ''));
  const start = colon + 3;
  const pattern = isService ? CREDENTIALS_OF_SERVICE : CREDENTIALS;
  pattern.lastIndex = start;
  const rest = pattern.exec(text)?.[0] ?? '';
  const end = start + rest.length;
  const at = rest.lastIndexOf('@');
  const isCut = at === -1 && end === text.length;
  if (at === -1 && !(isCut && isService)) {
    return;
  }
  const credentials = at === -1 ? rest : rest.slice(0, at);
  const separator = credentials.indexOf(':');
  const user = separator === -1 ? credentials : credentials.slice(0, separator);
  if (user.length >= 16 && looksRandom(user)) {
    spans.push({ start, end: start + user.length, kind: 'URL_CREDENTIALS' });
  }
  const password = separator === -1 ? '' : credentials.slice(separator + 1);
  if (password !== '' && !isReference(password) && !(isCut && /^\d{0,5}$/.test(password))) {
    const from = start + separator + 1;
    spans.push({ start: from, end: from + password.length, kind: isService ? 'CONNECTION_PASSWORD' : 'URL_PASSWORD' });
  }
}

const CREDENTIALS = new RegExp(`[^\\s"'\`<>\\\\/?#,;|]{0,${LONGEST_CREDENTIALS}}`, 'y');
const CREDENTIALS_OF_SERVICE = new RegExp(`[^\\s"'\`<>\\\\]{0,${LONGEST_CREDENTIALS}}`, 'y');

function isReference(password: string): boolean {
  return /^[$<{[%*#]/.test(password) ? isPlaceholder(password) : /^REDACTED_[A-Z_]+$/.test(password);
}

const ORACLE = /:\w{2,5}:[\w.$#-]{1,64}\/([^\s@"'`/]{1,128})@/y;

/** `jdbc:oracle:thin:user/password@host`: `end` is the end of the word `oracle`. */
export function findInOracleAddress(text: string, end: number, spans: SecretSpan[]): void {
  ORACLE.lastIndex = end;
  const password = ORACLE.exec(text)?.[1];
  if (password !== undefined && !isReference(password)) {
    const at = ORACLE.lastIndex - 1;
    spans.push({ start: at - password.length, end: at, kind: 'CONNECTION_PASSWORD' });
  }
}

/** The rest of an address whose beginning was cut off: `secret@db.example.com:5432/x` at the very start of the text. */
const CUT_ADDRESS = /^([^\s"'`<>()[\]{},;@]{3,256})@[\w-]+(?:\.[\w-]+)*(?::\d{2,5}|\/[\w-])/;

export function findCutUrl(text: string, spans: SecretSpan[]): void {
  const credentials = CUT_ADDRESS.exec(text.slice(0, LONGEST_CREDENTIALS))?.[1];
  if (credentials !== undefined && !/^REDACTED_[A-Z_]+$/.test(credentials)) {
    spans.push({ start: 0, end: credentials.length, kind: 'URL_CREDENTIALS' });
  }
}
