/** Typed arrays that grow in place: address space is reserved up to a limit, memory is taken as it is used. */

/** Grown by this factor, so that appending costs constant time on average. */
const GROWTH = 1.5;
const INT32_BYTES = 4;

export function growingInt32(initialLength: number, maxLength: number): Int32Array<ArrayBuffer> {
  return new Int32Array(
    new ArrayBuffer(initialLength * INT32_BYTES, { maxByteLength: Math.max(initialLength, maxLength) * INT32_BYTES }),
  );
}

export function growingUint16(initialLength: number, maxLength: number): Uint16Array<ArrayBuffer> {
  return new Uint16Array(new ArrayBuffer(initialLength * 2, { maxByteLength: Math.max(initialLength, maxLength) * 2 }));
}

export function growingUint8(initialLength: number, maxLength: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(initialLength, { maxByteLength: Math.max(initialLength, maxLength) }));
}

type GrowingArray = Int32Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** The most elements that the array can ever have. */
export function maxLengthOf(array: GrowingArray): number {
  return array.buffer.maxByteLength / array.BYTES_PER_ELEMENT;
}

/** Makes room for `length` elements; false if that is beyond the limit. The array itself stays the same object. */
export function reserve(array: GrowingArray, length: number): boolean {
  if (length <= array.length) {
    return true;
  }
  const limit = maxLengthOf(array);
  if (length > limit) {
    return false;
  }
  const wanted = Math.min(limit, Math.max(length, Math.ceil(array.length * GROWTH)));
  array.buffer.resize(wanted * array.BYTES_PER_ELEMENT);
  return true;
}
