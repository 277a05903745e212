import type { Uri } from 'vscode';
import type { Commands } from '../workbench';

/** Registers the commands that make projects. */
export function registerProjects(extension: Uri, commands: Commands): void {
  commands.register('mlopsFlow.createSample', async () => {
    const { createSample } = await import('../rooms.bundle');
    await createSample(extension);
  });
}
