/** Reading what a server sent: nothing about its shape is believed before it is looked at. */

export type JsonRecord = Readonly<Record<string, unknown>>;

export function asRecord(value: unknown): JsonRecord | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : undefined;
}

export function recordAt(value: unknown, key: string): JsonRecord | undefined {
  return asRecord(asRecord(value)?.[key]);
}

export function textAt(value: unknown, key: string): string | undefined {
  const found = asRecord(value)?.[key];
  return typeof found === 'string' ? found : undefined;
}

/** A number of things: finite, whole, not negative. */
export function countAt(value: unknown, key: string): number | undefined {
  const found = asRecord(value)?.[key];
  return typeof found === 'number' && Number.isSafeInteger(found) && found >= 0 ? found : undefined;
}

/** An empty list where there is none. */
export function listAt(value: unknown, key: string): readonly unknown[] {
  const found: unknown = asRecord(value)?.[key];
  return Array.isArray(found) ? found : [];
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
