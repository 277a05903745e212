import {
  type Disposable,
  EventEmitter,
  type FileChangeEvent,
  FileChangeType,
  type FileStat,
  FileSystemError,
  type FileSystemProvider,
  FileType,
  type Uri,
} from 'vscode';

/** The most files that are held; of more the oldest goes, and an editor on it says that it is not there. */
const most = 20;

/** Files of a connection that are being looked at, held in memory and never written. */
export class HeldFiles implements FileSystemProvider, Disposable {
  private readonly files = new Map<string, { bytes: Uint8Array; at: number }>();
  private readonly changes = new EventEmitter<FileChangeEvent[]>();
  readonly onDidChangeFile = this.changes.event;

  /** Holds a file under its URI; one that is there already is replaced. */
  hold(uri: Uri, bytes: Uint8Array): void {
    const key = uri.toString();
    const known = this.files.delete(key);
    this.files.set(key, { bytes, at: Date.now() });
    for (const oldest of this.files.keys()) {
      if (this.files.size <= most) break;
      this.files.delete(oldest);
    }
    if (known) this.changes.fire([{ type: FileChangeType.Changed, uri }]);
  }

  stat(uri: Uri): FileStat {
    const { bytes, at } = this.find(uri);
    return { type: FileType.File, ctime: at, mtime: at, size: bytes.length };
  }

  readFile(uri: Uri): Uint8Array {
    return this.find(uri).bytes;
  }

  watch(): Disposable {
    return { dispose: () => undefined };
  }

  readDirectory(): [string, FileType][] {
    return [];
  }

  createDirectory(uri: Uri): void {
    throw FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: Uri): void {
    throw FileSystemError.NoPermissions(uri);
  }

  delete(uri: Uri): void {
    throw FileSystemError.NoPermissions(uri);
  }

  rename(uri: Uri): void {
    throw FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    this.files.clear();
    this.changes.dispose();
  }

  private find(uri: Uri): { bytes: Uint8Array; at: number } {
    const file = this.files.get(uri.toString());
    if (!file) throw FileSystemError.FileNotFound(uri);
    return file;
  }
}
