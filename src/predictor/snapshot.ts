/** What was learned, as a stream of bytes and back: a versioned header, the words in use, the tokens of living files, a checksum. */
import { crc32 } from 'node:zlib';
import type { CorpusFile, CorpusLimits } from './corpus-file.ts';
import type { Corpus } from './corpus.ts';
import { KEYWORDS } from './keywords.ts';
import { folderOf } from './learnable.ts';
import { ChunkReader, ChunkWriter, SnapshotError } from './snapshot-bytes.ts';
import { isBreakToken } from './token-index.ts';
import { FIRST_WORD_ID, Vocabulary } from './vocabulary.ts';

/** To be raised with every change of the format, the tokenizer or the codes of line breaks. */
const VERSION = 1;
const MAGIC = `reaper workspace model ${VERSION} ${crc32(KEYWORDS.join()).toString(16)}\n`;
/** A header that says more than this lies. */
const MAX_HEADER_BYTES = 1 << 26;

interface Header {
  readonly files: readonly { readonly path: string; readonly hash: number; readonly tokens: number }[];
  readonly words: number;
}

/** Calls `write` with one chunk after the other, each valid during the call only. */
export function* writeSnapshot(corpus: Corpus, write: (chunk: Uint8Array) => void): Generator<void, void> {
  const files = corpus.files.filter(({ alive }) => alive);
  const { vocabulary, index } = corpus;
  const renamed = yield* numberUsedWords(corpus, files);
  const used = renamed.reduce((sum, number) => sum + (number === 0 ? 0 : 1), 0);
  const out = new ChunkWriter(write);
  out.bytes(Buffer.from(MAGIC));
  const header: Header = {
    files: files.map(({ path, hash, start, end }) => ({ path, hash, tokens: end - start })),
    words: used,
  };
  const headerBytes = Buffer.from(JSON.stringify(header));
  out.int32(headerBytes.length);
  out.bytes(headerBytes);
  yield;
  for (let word = 0; word < renamed.length; word++) {
    if (renamed[word] !== 0) {
      out.word(vocabulary.units(word + FIRST_WORD_ID));
    }
    if (word % 4096 === 0) {
      yield;
    }
  }
  for (const { start, end } of files) {
    for (let at = start; at < end; at++) {
      const token = index.tokens[at]!;
      out.int32(isBreakToken(token) ? token : (renamed[(token >> 1) - FIRST_WORD_ID]! << 1) | (token & 1));
    }
    yield;
  }
  out.end();
}

/** Fills an empty corpus; `read` answers with the next bytes, as many as asked for but at the end. Throws `SnapshotError`. */
export function* readSnapshot(
  corpus: Corpus,
  limits: CorpusLimits,
  read: (chunk: Uint8Array) => number,
): Generator<void, void> {
  const input = new ChunkReader(read);
  if (input.bytes(MAGIC.length).toString('latin1') !== MAGIC) {
    throw new SnapshotError('it is of another version or no model at all');
  }
  const headerLength = input.int32();
  if (headerLength < 0 || headerLength > MAX_HEADER_BYTES) {
    throw new SnapshotError('its header is damaged');
  }
  const header = parseHeader(input.bytes(headerLength).toString('utf8'));
  const words = new Vocabulary(limits.maxWords, limits.maxWordUnits);
  for (let word = 0; word < header.words; word++) {
    const text = input.word();
    if (words.intern(text, 0, text.length) !== word + FIRST_WORD_ID) {
      throw new SnapshotError('its words are damaged, or more than there is room for');
    }
    if (word % 4096 === 0) {
      yield;
    }
  }
  const files: CorpusFile[] = [];
  const lastToken = ((header.words + FIRST_WORD_ID) << 1) - 1;
  for (const { path, hash, tokens } of header.files) {
    const start = corpus.index.length;
    for (let at = 0; at < tokens; at++) {
      const token = input.int32();
      if (token < 0 || token > lastToken || !corpus.index.append(token)) {
        throw new SnapshotError('its tokens are damaged, or more than there is room for');
      }
    }
    const end = corpus.index.length;
    files.push({ path, folder: folderOf(path), hash, start, end, alive: true, isUnconfirmed: true, touched: 0 });
    yield;
  }
  input.expectEnd();
  corpus.vocabulary = words;
  yield* corpus.restore(files);
}

/** For each word its number in the snapshot, 0 if it is not used. Those that every vocabulary begins with are kept. */
function* numberUsedWords({ vocabulary, index }: Corpus, files: readonly CorpusFile[]): Generator<void, Int32Array> {
  const renamed = new Int32Array(vocabulary.size);
  renamed.fill(1, 0, KEYWORDS.length + 1);
  for (const { start, end } of files) {
    for (let at = start; at < end; at++) {
      const token = index.tokens[at]!;
      if (!isBreakToken(token)) {
        renamed[(token >> 1) - FIRST_WORD_ID] = 1;
      }
    }
    yield;
  }
  let number = FIRST_WORD_ID;
  for (let word = 0; word < renamed.length; word++) {
    renamed[word] = renamed[word] === 0 ? 0 : number++;
  }
  return renamed;
}

function parseHeader(text: string): Header {
  let header: Partial<Header>;
  try {
    header = JSON.parse(text) as Partial<Header>;
  } catch {
    throw new SnapshotError('its header is damaged');
  }
  const isFile = (file: Header['files'][number]): boolean =>
    typeof file?.path === 'string' && typeof file.hash === 'number' && Number.isInteger(file.tokens) && file.tokens > 0;
  if (!Number.isInteger(header.words) || !Array.isArray(header.files) || !header.files.every(isFile)) {
    throw new SnapshotError('its header is damaged');
  }
  return header as Header;
}
