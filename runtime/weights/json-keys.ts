/**
 * The first key that an object of a JSON text has twice, which `JSON.parse` hides: two readers of one file could then see
 * two different tensors under one name. The text must have passed `JSON.parse`.
 */
export function duplicateKey(json: string): string | undefined {
  // for every open bracket: the keys seen, or nothing in an array
  const open: (Set<string> | undefined)[] = [];
  let wantsKey = false;
  for (let at = 0; at < json.length; at++) {
    const char = json[at]!;
    if (char === '"') {
      const end = stringEnd(json, at);
      const keys = open.at(-1);
      if (wantsKey && keys !== undefined) {
        const key: string = JSON.parse(json.slice(at, end));
        if (keys.has(key)) return key;
        keys.add(key);
      }
      at = end - 1;
      wantsKey = false;
    } else if (char === '{') {
      open.push(new Set());
      wantsKey = true;
    } else if (char === '[') {
      open.push(undefined);
      wantsKey = false;
    } else if (char === '}' || char === ']') {
      open.pop();
      wantsKey = false;
    } else if (char === ',') {
      wantsKey = true;
    }
  }
  return undefined;
}

/** one past the closing quote of the string that opens at `start` */
function stringEnd(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}
