// The extension host's side of the host suite: VS Code calls `run`, which runs the test files with mocha and
// reports each test as a line of JSON. The page that started VS Code can't be relied on for an outcome.
import { appendFileSync } from 'node:fs';
import type { Runner } from 'mocha';

/** One line of the report. */
interface Line {
  event: 'pass' | 'fail' | 'skip' | 'end';
  title?: string;
  ms?: number;
  /** Why a test failed. */
  detail?: string;
}

/** Runs the files that MLOPS_FLOW_HOST_FILES lists, reporting into MLOPS_FLOW_HOST_REPORT. */
export async function run(): Promise<void> {
  const files = JSON.parse(process.env['MLOPS_FLOW_HOST_FILES'] ?? '[]') as string[];
  const report = process.env['MLOPS_FLOW_HOST_REPORT'];
  if (!report) throw new Error('MLOPS_FLOW_HOST_REPORT names no file to report into.');
  const say = (line: Line): void => appendFileSync(report, `${JSON.stringify(line)}\n`);

  let failures = 0;
  try {
    const { default: Mocha } = await import('mocha');
    class Report extends Mocha.reporters.Base {
      constructor(runner: Runner) {
        super(runner);
        runner.on('pass', (test) => say({ event: 'pass', title: test.fullTitle(), ms: test.duration ?? 0 }));
        runner.on('pending', (test) => say({ event: 'skip', title: test.fullTitle() }));
        runner.on('fail', (test, error: Error) =>
          say({ event: 'fail', title: test.fullTitle(), detail: error.stack ?? error.message }),
        );
      }
    }
    const mocha = new Mocha({ ui: 'bdd', timeout: 120_000, reporter: Report });
    for (const file of files) mocha.addFile(file);
    await mocha.loadFilesAsync();
    failures = await new Promise<number>((resolve) => mocha.run(resolve));
  } catch (error) {
    failures += 1;
    say({ event: 'fail', title: 'the test files load', detail: error instanceof Error ? error.stack : String(error) });
  }
  say({ event: 'end' });
  if (failures > 0) throw new Error(`${failures} failed`);
}
