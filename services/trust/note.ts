/** Takes what a person should know and no program has to: once a note, once a warning. */
export type Tell = (level: "note" | "warning", text: string) => void;
