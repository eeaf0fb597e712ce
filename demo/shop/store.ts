/** A table in memory, with the few operations that the shop needs. */
export interface Entity {
  readonly id: string;
}

export class Store<T extends Entity> {
  readonly #rows = new Map<string, T>();

  insert(row: T): T {
    if (this.#rows.has(row.id)) {
      throw new Error(`There is a row with the id ${row.id} already.`);
    }
    this.#rows.set(row.id, row);
    return row;
  }

  update(id: string, change: Partial<T>): T {
    const row = this.get(id);
    const updated = { ...row, ...change };
    this.#rows.set(id, updated);
    return updated;
  }

  get(id: string): T {
    const row = this.#rows.get(id);
    if (row === undefined) {
      throw new Error(`There is no row with the id ${id}.`);
    }
    return row;
  }

  list(): readonly T[] {
    return [...this.#rows.values()];
  }

  remove(id: string): void {
    this.#rows.delete(id);
  }
}
