/** Colours, once it has been decided whether there are any: `styleText` would decide again, by its own lights. */
import { styleText } from 'node:util';

export const style = (format: Parameters<typeof styleText>[0], text: string, color: boolean): string =>
  color ? styleText(format, text, { validateStream: false }) : text;
