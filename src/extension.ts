/** The entry: builds everything in the order in which a keystroke flows. */

export function activate(): void {
  // Nothing is built yet.
}
