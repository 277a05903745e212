/** What the reason of a failure says: the exception, and where in the code it was raised. Pure. */

/** One frame of a Python traceback. */
export interface Frame {
  /** The path in the container, as Python wrote it. */
  path: string;
  /** From 1. */
  line: number;
  /** The function; absent where Python gives none. */
  name?: string;
}

/** A reason of a failure, read. */
export interface Failure {
  /** What a person wants to know first: the exception's own line, else the last line. */
  headline: string;
  /** The frames of the user's own code, the innermost last as Python writes them. */
  frames: Frame[];
}

const frameIn = /File "([^"\n]+)", line (\d+)(?:, in ([^\n]+))?/g;

/** Code that is installed, or has no file. */
const foreign = /site-packages|dist-packages|\/lib\/python\d|^<|\/runpy\.py$/;

/** Reads the reason that the service gives, with the last lines of a log or the traceback in it. */
export function readFailure(reason: string): Failure {
  // The SageMaker training toolkit: https://github.com/aws/sagemaker-training-toolkit
  const [, quoted] = /ErrorMessage "([^]*?)"\n?(?:Command|$)/.exec(reason) ?? [];
  const text = quoted ?? reason;
  const frames = [...text.matchAll(frameIn)].map(([, path = '', line = '', name]) => ({
    path,
    line: Number(line),
    ...(name === undefined ? {} : { name: name.trim() }),
  }));
  return { headline: headlineOf(text), frames: frames.filter(({ path }) => !foreign.test(path)) };
}

function headlineOf(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const last = lines.findLastIndex((line) => /^\s*File "/.test(line));
  // After the last frame comes its code, further in, and then the exception.
  const raised = last < 0 ? undefined : lines.slice(last + 1).find((line) => !/^\s/.test(line));
  return (raised ?? lines.at(-1) ?? '').trim();
}

/**
 * Of the files with the same name the one whose path ends most like a path in a container; undefined where several end
 * alike.
 *
 * @param files paths with forward slashes
 */
export function likeliestFile(path: string, files: readonly string[]): string | undefined {
  const wanted = path.split(/[\\/]/).toReversed();
  const ranked = files
    .map((file) => {
      const parts = file.split('/').toReversed();
      const differs = parts.findIndex((part, at) => part !== wanted[at]);
      return { file, alike: differs < 0 ? parts.length : differs };
    })
    .filter(({ alike }) => alike > 0)
    .toSorted((a, b) => b.alike - a.alike);
  const [best, second] = ranked;
  return best !== undefined && best.alike === second?.alike ? undefined : best?.file;
}
