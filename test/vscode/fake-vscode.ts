/** Just enough of VS Code's API for modules that only make texts: translation without a translation. */

export const l10n = {
  t: (message: string, ...args: readonly unknown[]): string =>
    message.replace(/\{(\d+)\}/g, (_all, index: string) => String(args[Number(index)])),
};
