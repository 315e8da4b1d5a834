/** The `dit` examples of a page. */
export const examplesIn = (markdown: string): readonly string[] =>
  [...markdown.matchAll(/^```dit\n([\s\S]*?)^```/gm)].map((match) => match[1]!);
