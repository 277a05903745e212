/** The runtimes that the images of CodeBuild have, and what a buildspec asks of them. */
import { images, old } from '../generated/runtimes.json';
import type { Finding } from '../finding';
import { nearest, oneOf } from '../near';
import type { Report } from '../rule';
import { table } from '../table';
import type { Node } from '../tree';

/** By image, by runtime, the versions; `*` among them where the image installs any other one during the build. */
const known: Readonly<Record<string, Readonly<Record<string, string>>>> = table(images);

/** By runtime, the versions of all images, newest first. */
export const runtimes: ReadonlyMap<string, readonly string[]> = collect();

function collect(): Map<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  for (const image of Object.values(known)) {
    for (const [name, versions] of Object.entries(image)) {
      const all = found.get(name) ?? new Set();
      for (const version of versions.split(' ')) if (version !== '*') all.add(version);
      found.set(name, all);
    }
  }
  const newest = new Intl.Collator('en', { numeric: true });
  return new Map([...found].map(([name, all]) => [name, [...all].toSorted((a, b) => newest.compare(b, a))]));
}

/** The image as the table names it: `amazonlinux2-…` is an older name of the same. */
function imageOf(text: string): string {
  return text.replace('/amazonlinux2-', '/amazonlinux-');
}

/**
 * Checks `runtime-versions`, beside those of the image where that is known.
 * @param source the text of a value as written, since YAML takes 3.10 for a number
 */
export function checkRuntimes(
  node: Node | undefined,
  { image, source }: { image: string | undefined; source: (node: Node) => string },
  report: Report,
): void {
  const has = image === undefined ? undefined : known[imageOf(image)];
  for (const runtime of node?.members ?? []) {
    const name = String(runtime.key);
    const versions = runtimes.get(name);
    const wanted = runtime.text ?? (typeof runtime.value === 'number' ? source(runtime) : undefined);
    if (!versions || wanted === undefined || wanted.includes('$')) continue;
    const own = has && table(has)[name]?.split(' ');
    if (has && !own) {
      report({
        rule: 'cb/runtime-version',
        node: runtime,
        mark: 'key',
        message: `The image ${String(image)} has no runtime '${name}'. It has ${oneOf(Object.keys(has), 12).replace(' or ', ' and ')}.`,
      });
    } else {
      const fault = versionFault(runtime, wanted, own ?? versions, own ? String(image) : undefined);
      if (fault) report({ rule: 'cb/runtime-version', node: runtime, ...fault });
    }
  }
}

/** What is wrong with the version of a runtime; `image` where the versions are those of one image. */
function versionFault(
  runtime: Node,
  wanted: string,
  versions: readonly string[],
  image: string | undefined,
): Pick<Finding, 'message' | 'atMost' | 'fixes'> | undefined {
  const name = String(runtime.key);
  if (wanted === 'latest' || isAmong(wanted, versions)) return undefined;
  const listed = versions.filter((version) => version !== '*');
  const number = /\d+(\.\d+)*/.exec(wanted)?.[0] ?? '';
  const meant = listed.find((version) => version.replace(/^[a-z]+/, '') === number) ?? nearest(wanted, listed);
  const isForm = /^(corretto)?\d+(\.\d+)*(\.x)?$/.test(wanted) && (name === 'java' || !wanted.startsWith('corretto'));
  if (isForm && (image === undefined || versions.includes('*'))) {
    const where = image === undefined ? 'No image of CodeBuild that is known here' : `The image ${image}`;
    const verb = image === undefined ? 'has' : 'does not have';
    return {
      message: `${where} ${verb} ${name} ${wanted}${image === undefined ? '' : ', and installs it in each build'}. There are ${oneOf(listed, 12).replace(' or ', ' and ')}.`,
      // A version may be newer than the table, or be installed during the build.
      atMost: 'information',
    };
  }
  return {
    message: `${image === undefined ? `There is no version '${wanted}' of ${name}` : `The image ${image} has no ${name} '${wanted}'`}.${meant === undefined ? ` There are ${oneOf(listed, 12).replace(' or ', ' and ')}.` : ` Did you mean '${meant}'?`}`,
    ...(meant === undefined
      ? {}
      : { fixes: (edit) => [edit.fix(`Change to '${meant}'`, [edit.value(runtime, meant)])] }),
  };
}

/** True for a version of the list, for one more exact than it, and for `18.x`. */
function isAmong(wanted: string, versions: readonly string[]): boolean {
  const plain = wanted.replace(/\.x$/, '');
  return versions.some(
    (version) => plain === version || plain.startsWith(`${version}.`) || version.startsWith(`${plain}.`),
  );
}

/** The images that are no longer kept up, and those that are. */
export function imageState(text: string): 'kept' | 'old' | 'unknown' | undefined {
  if (!/^aws\/codebuild\/(amazonlinux2?-(x86_64|aarch64)-)?standard:/.test(text)) return undefined;
  const image = imageOf(text);
  return known[image] === undefined ? 'unknown' : old.includes(image) ? 'old' : 'kept';
}

/** The newest images that are kept up, of the platform of `text`. */
export function newestImages(text: string): string[] {
  const platform = imageOf(text).split(':')[0];
  return Object.keys(known)
    .filter((image) => image.startsWith(`${String(platform)}:`) && /:\d/.test(image) && !old.includes(image))
    .toSorted()
    .slice(-2);
}
