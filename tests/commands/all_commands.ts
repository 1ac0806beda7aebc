import type { AnyCommand, CommandGroup } from "../../commands/command.ts";

/** Every command below a group, with the words that call it. */
export async function allCommands(
  group: CommandGroup,
  path: readonly string[] = [],
): Promise<[string[], AnyCommand][]> {
  const found = Object.entries(group.commands).map(async ([name, entry]): Promise<[string[], AnyCommand][]> => {
    const words = [...path, name];
    return typeof entry === "function" ? [[words, (await entry()).default]] : await allCommands(entry, words);
  });
  return (await Promise.all(found)).flat();
}
