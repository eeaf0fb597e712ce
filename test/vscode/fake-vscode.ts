/** Just enough of VS Code's API for modules that make texts or take addresses: translation without a translation. */

export const l10n = {
  t: (message: string, ...args: readonly unknown[]): string =>
    message.replace(/\{(\d+)\}/g, (_all, index: string) => String(args[Number(index)])),
};

interface UriHandler {
  handleUri(uri: { readonly path: string; readonly query: string }): void;
}

/** Those that are registered, for tests to call: any extension and any page could. */
export const uriHandlers = new Set<UriHandler>();

export const window = {
  registerUriHandler: (handler: UriHandler) => {
    uriHandlers.add(handler);
    return { dispose: () => uriHandlers.delete(handler) };
  },
};

export const env = {
  uriScheme: 'code-fake',
  asExternalUri: async (uri: { toString(): string }) => uri,
};

export const Uri = {
  parse: (text: string) => ({ toString: () => text }),
  file: (path: string) => ({ fsPath: path }),
};

export * from './fake-lm.ts';
export { RelativePattern, workspace } from './fake-workspace.ts';
