/** The parameters that only choose another draw of the same experiment. */
export function isSeed(parameter: string): boolean {
  return /(^|[^a-z])(seed|random_?state)s?$/i.test(parameter) || /(Seed|RandomState)$/.test(parameter);
}
