/** Numbers and words as bytes in chunks, with a running checksum. */
import { crc32 } from 'node:zlib';
import { MAX_WORD_UNITS } from './vocabulary.ts';

const CHUNK_BYTES = 1 << 18;

export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';
}

export class ChunkWriter {
  readonly #write: (chunk: Uint8Array) => void;
  readonly #chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  #length = 0;
  #checksum = 0;

  constructor(write: (chunk: Uint8Array) => void) {
    this.#write = write;
  }

  bytes(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length;) {
      this.#makeRoom(1);
      const count = Math.min(bytes.length - from, CHUNK_BYTES - this.#length);
      this.#chunk.set(bytes.subarray(from, from + count), this.#length);
      this.#length += count;
      from += count;
    }
  }

  int32(value: number): void {
    this.#makeRoom(4);
    this.#length = this.#chunk.writeInt32LE(value, this.#length);
  }

  word(units: Uint16Array): void {
    this.#makeRoom(1 + 2 * units.length);
    this.#length = this.#chunk.writeUInt8(units.length, this.#length);
    for (const unit of units) {
      this.#length = this.#chunk.writeUInt16LE(unit, this.#length);
    }
  }

  end(): void {
    this.#flush();
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32LE(this.#checksum);
    this.#write(checksum);
  }

  #makeRoom(bytes: number): void {
    if (this.#length + bytes > CHUNK_BYTES) {
      this.#flush();
    }
  }

  #flush(): void {
    const chunk = this.#chunk.subarray(0, this.#length);
    this.#checksum = crc32(chunk, this.#checksum);
    this.#length = 0;
    this.#write(chunk);
  }
}

export class ChunkReader {
  readonly #read: (chunk: Uint8Array) => number;
  readonly #chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  #at = 0;
  #end = 0;
  #checksum = 0;

  constructor(read: (chunk: Uint8Array) => number) {
    this.#read = read;
  }

  bytes(length: number): Buffer {
    const result = Buffer.alloc(length);
    for (let to = 0; to < length;) {
      this.#need(1);
      const count = Math.min(length - to, this.#end - this.#at);
      this.#chunk.copy(result, to, this.#at, this.#at + count);
      this.#at += count;
      to += count;
    }
    return result;
  }

  int32(): number {
    this.#need(4);
    this.#at += 4;
    return this.#chunk.readInt32LE(this.#at - 4);
  }

  word(): string {
    this.#need(1);
    const length = this.#chunk.readUInt8(this.#at++);
    if (length === 0 || length > MAX_WORD_UNITS) {
      throw new SnapshotError('its words are damaged');
    }
    this.#need(2 * length);
    const text = this.#chunk.toString('utf16le', this.#at, this.#at + 2 * length);
    this.#at += 2 * length;
    return text;
  }

  expectEnd(): void {
    const expected = this.#checksumSoFar();
    this.#need(4);
    if (this.#chunk.readUInt32LE(this.#at) !== expected) {
      throw new SnapshotError('its checksum is wrong');
    }
  }

  #checksumSoFar(): number {
    return crc32(this.#chunk.subarray(0, this.#at), this.#checksum);
  }

  /** Makes the next bytes available, moving what is left to the front. */
  #need(bytes: number): void {
    if (this.#end - this.#at >= bytes) {
      return;
    }
    this.#checksum = this.#checksumSoFar();
    this.#chunk.copyWithin(0, this.#at, this.#end);
    this.#end -= this.#at;
    this.#at = 0;
    while (this.#end < bytes) {
      const count = this.#read(this.#chunk.subarray(this.#end));
      if (count === 0) {
        throw new SnapshotError('it ends too early');
      }
      this.#end += count;
    }
  }
}
