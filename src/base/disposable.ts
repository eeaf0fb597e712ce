/** Lifetimes: things that are disposed once, and a store that disposes what it holds, late additions included. */

/** Structurally the same as VS Code's, so both can be used in one store. */
export interface Disposable {
  dispose(): unknown;
}

export function toDisposable(dispose: () => void): Disposable {
  let pending: (() => void) | undefined = dispose;
  return {
    dispose: () => {
      const run = pending;
      pending = undefined;
      run?.();
    },
  };
}

/** Disposes its members in reverse order of addition; errors are gathered into one `AggregateError`. */
export class DisposableStore implements Disposable {
  #members: Disposable[] = [];
  #disposed = false;

  add<T extends Disposable>(member: T): T {
    if (this.#disposed) {
      member.dispose();
    } else {
      this.#members.push(member);
    }
    return member;
  }

  dispose(): void {
    this.#disposed = true;
    const members = this.#members.reverse();
    this.#members = [];
    const errors: unknown[] = [];
    for (const member of members) {
      try {
        member.dispose();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) {
      throw new AggregateError(errors, 'Disposal failed');
    }
  }
}
