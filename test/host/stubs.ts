/** Answers questions that the extension asks the user, and hears what it says: both use one instance of VS Code's API. */
import * as vscode from 'vscode';

type WindowFunction =
  'showInputBox' | 'showQuickPick' | 'showWarningMessage' | 'showInformationMessage' | 'showErrorMessage';

export interface Shown {
  readonly message: string;
  readonly buttons: readonly string[];
}

export interface Offered {
  readonly items: readonly { readonly label: string; readonly description?: string; readonly detail?: string }[];
  readonly placeHolder: string | undefined;
}

/** Everything that was shown since, in order; `restore` brings the real window back. */
export interface UserStub {
  readonly messages: Shown[];
  readonly pickers: Offered[];
  /** Given to the next password or input boxes, in order. */
  readonly typed: string[];
  /** Chosen in the next pickers, in order, by a part of the label. */
  readonly chosen: string[];
  /** What the input boxes were asked to validate said. */
  readonly validations: string[];
  restore(): void;
}

export function stubUser(): UserStub {
  const messages: Shown[] = [];
  const pickers: Offered[] = [];
  const typed: string[] = [];
  const chosen: string[] = [];
  const validations: string[] = [];
  const restores: (() => void)[] = [];
  const replace = (name: WindowFunction, stub: (...args: never[]) => unknown): void => {
    const original: unknown = Reflect.get(vscode.window, name);
    Reflect.set(vscode.window, name, stub);
    restores.push(() => Reflect.set(vscode.window, name, original));
  };
  const show = async (message: string, ...rest: unknown[]): Promise<undefined> => {
    messages.push({ message, buttons: rest.filter((button): button is string => typeof button === 'string') });
    return undefined;
  };
  replace('showWarningMessage', show);
  replace('showInformationMessage', show);
  replace('showErrorMessage', show);
  replace('showInputBox', async (options?: vscode.InputBoxOptions): Promise<string | undefined> => {
    const text = typed.shift();
    const verdict = text === undefined ? undefined : await options?.validateInput?.(text);
    if (typeof verdict === 'string') {
      validations.push(verdict);
      return undefined;
    }
    return text;
  });
  replace('showQuickPick', async (items: Offered['items'], options?: vscode.QuickPickOptions): Promise<unknown> => {
    const offered = await Promise.resolve(items);
    pickers.push({ items: offered, placeHolder: options?.placeHolder });
    const wanted = chosen.shift();
    return wanted === undefined ? undefined : offered.find(({ label }) => label.includes(wanted));
  });
  return {
    messages,
    pickers,
    typed,
    chosen,
    validations,
    restore: () => {
      for (const restore of restores.splice(0)) {
        restore();
      }
    },
  };
}

/** Waits for what an event will bring about, by looking again whenever the event loop is free. */
export async function until<T>(look: () => T | undefined | false, what: string, limitMs = 15_000): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) {
      return found;
    }
    if (Date.now() > deadline) {
      throw new Error(`Waited in vain for ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Puts settings back as they were. */
export async function withSettings(
  values: Readonly<Record<string, unknown>>,
  work: () => Promise<void>,
  target = vscode.ConfigurationTarget.Global,
): Promise<void> {
  const set = async (key: string, value: unknown): Promise<void> =>
    vscode.workspace.getConfiguration().update(key, value, target);
  try {
    for (const [key, value] of Object.entries(values)) {
      await set(key, value);
    }
    await work();
  } finally {
    for (const key of Object.keys(values)) {
      await set(key, undefined);
    }
  }
}
