/** Which files are worth learning, and how near they are to each other. */

/** Larger files are generated or data; one of this size takes 6 ms to learn. */
const MAX_CHARACTERS = 300_000;
/** Minified text has longer lines; hand-written lines above are rare. */
const MAX_MEAN_LINE = 200;
const MAX_LINE = 5_000;

export function isWorthLearning(text: string): boolean {
  if (text.length > MAX_CHARACTERS || text.includes('\u0000')) {
    return false;
  }
  let lines = 0;
  for (let start = 0; start < text.length; lines++) {
    const end = text.indexOf('\n', start);
    const next = end === -1 ? text.length : end + 1;
    if (next - start > MAX_LINE) {
      return false;
    }
    start = next;
  }
  return text.length / Math.max(1, lines) <= MAX_MEAN_LINE;
}

export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

/** The name of a file up to its first dot. */
export function stemOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.indexOf('.', 1);
  return dot === -1 ? name : name.slice(0, dot);
}

/** Folders to leave and to enter on the way from one file to another. */
export function distance(path: string, other: string): number {
  const a = path.split('/');
  const b = other.split('/');
  let shared = 0;
  while (shared < a.length - 1 && shared < b.length - 1 && a[shared] === b[shared]) {
    shared++;
  }
  return a.length + b.length - 2 - 2 * shared;
}

/** 53 bits, to tell whether a text is the one that was learned. */
export function hashOf(text: string): number {
  let low = 0;
  let high = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x9e3779b1);
    high = Math.imul(high ^ unit, 0x85ebca6b) ^ (low >>> 15);
  }
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}
