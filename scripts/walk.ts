/** Paths of the files below `folder` whose names match, relative, sorted; hidden folders and packages left out. */
export function* walk(folder: string, name: RegExp): Generator<string> {
  const entries = [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1);
  for (const entry of entries) {
    if (entry.name.startsWith(".") || ["node_modules", "build", "dist"].includes(entry.name)) continue;
    const path = folder === "." ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* walk(path, name);
    else if (name.test(entry.name)) yield path;
  }
}
