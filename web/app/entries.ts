// Folders that people bring: by a folder picker or dropped on the page.

/** A file, and where it lies in what was brought: `suite/gc/array.wast`. */
export interface Brought {
  readonly file: File;
  readonly path: string;
}

/** Everything that was dropped, folders included; undefined when there is no folder among it. To be called at once: the browser forgets. */
export function droppedFolders(data: DataTransfer): Promise<readonly Brought[]> | undefined {
  const entries = [...data.items].flatMap((item) => {
    const entry = item.kind === "file" ? item.webkitGetAsEntry() : null;
    return entry === null ? [] : [entry];
  });
  if (!entries.some((entry) => entry.isDirectory)) return undefined;
  return all(entries);
}

async function all(entries: readonly FileSystemEntry[]): Promise<readonly Brought[]> {
  const found = await Promise.all(entries.map((entry) => below(entry)));
  return found.flat();
}

async function below(entry: FileSystemEntry): Promise<readonly Brought[]> {
  if (isDirectory(entry)) return all(await children(entry.createReader()));
  if (!isFile(entry)) return [];
  const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
  return [{ file, path: entry.fullPath.replace(/^\//, "") }];
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

/** A reader gives its entries in portions, the last of which is empty. */
async function children(reader: FileSystemDirectoryReader): Promise<readonly FileSystemEntry[]> {
  const found: FileSystemEntry[] = [];
  for (;;) {
    const portion = await new Promise<readonly FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (portion.length === 0) return found;
    found.push(...portion);
  }
}

/** What a folder picker gives. */
export function pickedFolder(files: Iterable<File>): readonly Brought[] {
  return [...files].map((file) => ({ file, path: file.webkitRelativePath === "" ? file.name : file.webkitRelativePath }));
}

/** Paths without the folders that all have in common. */
export function shortPaths(paths: readonly string[]): readonly string[] {
  const parts = paths.map((path) => path.split("/"));
  const [first = []] = parts;
  let common = 0;
  while (common < first.length - 1 && parts.every((path) => path.length > common + 1 && path[common] === first[common])) common += 1;
  return parts.map((path) => path.slice(common).join("/"));
}
