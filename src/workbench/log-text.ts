/** What is read out of logs of any kind. Pure; lines count from 0 where nothing else is said. */

/** Lines that belong together. */
export interface Fold {
  start: number;
  end: number;
}

/** A place in a file that a line of a log names. */
export interface Place {
  path: string;
  /** From 1, as tools print it. */
  line: number;
  start: number;
  end: number;
}

/** `File "x.py", line 3` of Python, `src/x.py:3:7` and `x.ts(3,7)` of compilers and test runners. */
const places = [
  /File "(?<path>[^"]+)", line (?<line>\d+)/g,
  /(?<path>(?:\.{0,2}\/)?[\w@.-]+(?:\/[\w@.-]+)*\.[A-Za-z]\w{0,5}):(?<line>\d+)(?::\d+)?/g,
  /(?<path>(?:\.{0,2}\/)?[\w@.-]+(?:\/[\w@.-]+)*\.[A-Za-z]\w{0,5})\((?<line>\d+)(?:,\d+)?\)/g,
];

/** The places that a line names, as they stand. */
export function placesIn(text: string): Place[] {
  return places
    .flatMap((pattern) =>
      [...text.matchAll(pattern)].map((match) => ({
        path: match.groups?.['path'] ?? '',
        line: Number(match.groups?.['line']),
        start: match.index,
        end: match.index + match[0].length,
      })),
    )
    .sort((a, b) => a.start - b.start);
}

/**
 * The path below the source folder: `/codebuild/output/src123/src/tests/x.py` of CodeBuild, `/home/runner/work/a/a/tests/x.py`
 * of a runner of GitHub, and `/var/lib/jenkins/workspace/a/tests/x.py` are `tests/x.py`.
 */
export function pathInSource(path: string): string {
  return path
    .replace(/^\/codebuild\/output\/[^/]+\/src\/(?:[^/]+\.[^/]+\/[^/]+\/[^/]+\/)?/, '')
    .replace(/^.*\/(?:_work|runner\/work)\/[^/]+\/[^/]+\//, '')
    .replace(/^.*\/jenkins(?:_home)?\/workspace\/[^/]+\//, '')
    .replace(/^\.\//, '');
}
