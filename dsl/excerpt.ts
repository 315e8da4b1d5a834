/** A piece of the source as it is quoted in a message: a name may have a million letters. */
export const excerpt = (text: string) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
