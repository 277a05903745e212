/** Which texts are buildspecs. Pure. */

/**
 * True for a buildspec: by its name, or by what stands in it.
 *
 * @param path of the file
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
 */
export function isBuildspec(path: string, text: string): boolean {
  if (!/\.ya?ml$/i.test(path)) return false;
  const hasPhases = /^phases\s*:/m.test(text);
  if (/(^|[\\/.-])buildspec[^\\/]*$/i.test(path)) return hasPhases;
  return hasPhases && /^version\s*:\s*['"]?0\.[12]\b/m.test(text);
}
