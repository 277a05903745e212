import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Python is bundled as its text. */
const python = {
  name: 'python',
  transform: (code: string, id: string): string | undefined =>
    id.endsWith('.py') ? `export default ${JSON.stringify(code)}` : undefined,
};

export default defineConfig({
  test: {
    // Most tests wait for processes: vitest's own choice, one worker on two cores, leaves both idle half the time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        plugins: [python],
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          environment: 'node',
          setupFiles: ['test/unit/setup.ts'],
          // Starting a process takes time with the size of the one that starts it: threads would share a big one.
          pool: 'forks',
          // It imports JSON as bundlers do.
          server: { deps: { inline: ['@actions/workflow-parser'] } },
          testTimeout: 60_000,
          expect: { poll: { timeout: 20_000 } },
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'webview',
          include: ['test/webview/**/*.test.ts'],
          environment: 'happy-dom',
          setupFiles: ['test/unit/setup.ts', 'test/webview/setup.ts'],
          pool: 'threads',
          testTimeout: 60_000,
          expect: { poll: { timeout: 20_000 } },
        },
      },
    ],
  },
});
