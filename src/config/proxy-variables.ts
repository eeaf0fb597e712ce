/** Which variables of the environment send requests through a proxy. */

const NAMES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'];

/** The names of those that are set, never their values. */
export function proxyVariables(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): readonly string[] {
  return NAMES.flatMap((name) => [name, name.toLowerCase()]).filter((name) => (environment[name] ?? '') !== '');
}
