/** The part of a file system that privacy reads. */
import { readFile, realpath, stat } from 'node:fs/promises';

export interface FileReader {
  /** `undefined`: no such file, or a folder of that name. Rejects when it exists and cannot be read. */
  readText(path: string): Promise<string | undefined>;
  exists(path: string): Promise<boolean>;
  /** With every link resolved; `undefined`: there is nothing. */
  realPath(path: string): Promise<string | undefined>;
}

/** Far above any real one; a larger file would stall the extension. */
const MAX_BYTES = 1_048_576;

export const diskReader: FileReader = {
  async readText(path) {
    try {
      const facts = await stat(path);
      if (facts.isDirectory()) {
        return undefined;
      }
      // A pipe or device of that name would never end.
      if (!facts.isFile()) {
        throw new Error('is not an ordinary file');
      }
      if (facts.size > MAX_BYTES) {
        throw new Error('is larger than 1 MB');
      }
      return decode(await readFile(path));
    } catch (error) {
      return absent(error);
    }
  },
  async exists(path) {
    try {
      await stat(path);
      return true;
    } catch {
      return false;
    }
  },
  async realPath(path) {
    try {
      return await realpath(path);
    } catch (error) {
      return absent(error);
    }
  },
};

/** PowerShell writes UTF-16 by default; git does not read that, but its author meant it. */
function decode(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) {
    return bytes.subarray(2).toString('utf16le');
  }
  const text = bytes.toString('utf8');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function absent(error: unknown): undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return undefined;
  }
  throw error;
}
