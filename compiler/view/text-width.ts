/** How wide a text is in a sans-serif font, nearly and rather too wide: layout must know before anybody draws. In parts of the size. */
const WIDTHS: readonly (readonly [string, number])[] = [
  ["ijl|'", 0.24],
  ['ftI.,:;!()[]{}/\\ -', 0.31],
  ['rs"*', 0.4],
  ['abcdeghknopquvxyz0123456789_=<>+#$?^~', 0.56],
  ['ABEKPSVXYZFTLJNRUCDHGOQ&×·…', 0.7],
  ['mwMW@%', 0.88],
];

const widths = new Map(WIDTHS.flatMap(([characters, width]) => [...characters].map((character) => [character, width])));

export function textWidth(text: string, size: number): number {
  let width = 0;
  for (const character of text) width += widths.get(character) ?? 0.75;
  return width * size * 1.1;
}
