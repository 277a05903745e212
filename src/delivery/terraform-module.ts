/** The files of a module of Terraform: those of its folder. */
import { FileType, Uri, workspace } from 'vscode';
import type { ModuleFile } from '../definition/embedded/deliveries';

const mostFiles = 100;
/** Bytes of a file that is read. */
const largest = 1_000_000;

/** The other files of the module that a configuration is in; none for what is not Terraform's own language. */
export async function moduleFilesOf(uri: Uri): Promise<ModuleFile[]> {
  if (!uri.path.endsWith('.tf')) return [];
  const folder = Uri.joinPath(uri, '..');
  const names = (await workspace.fs.readDirectory(folder))
    .filter(([name, type]) => type !== FileType.Directory && /\.tf$|^terraform\.tfvars$|\.auto\.tfvars$/.test(name))
    .map(([name]) => Uri.joinPath(folder, name))
    .filter(({ path }) => path !== uri.path)
    .slice(0, mostFiles);
  const read = await Promise.all(
    names.map(async (file): Promise<ModuleFile[]> => {
      const { size } = await workspace.fs.stat(file);
      if (size > largest) return [];
      return [{ path: file.path, text: Buffer.from(await workspace.fs.readFile(file)).toString('utf8') }];
    }),
  );
  return read.flat();
}
