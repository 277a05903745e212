import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from '../../scripts/vscode.mjs';
import type { Bench } from './harness';

/** What a user downloads and what VS Code reads of it. */
export default function size(bench: Bench): void {
  const scratch = mkdtempSync(join(tmpdir(), 'mlops-flow-size-'));
  try {
    const out = join(scratch, 'mlops-flow.vsix');
    execFileSync('npm', ['run', '--silent', 'package', '--', '--out', out], { cwd: root, stdio: 'pipe' });
    bench.add({ name: 'the .vsix', value: statSync(out).size / 1024, unit: 'KB', target: '< 2048 KB' });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  for (const file of globSync('dist/**/*.js', { cwd: root }).sort()) {
    const content = readFileSync(join(root, file));
    bench.add({ name: file, value: content.length / 1024, unit: 'KB' });
    bench.add({ name: `${file}, compressed`, value: gzipSync(content).length / 1024, unit: 'KB' });
  }
}
