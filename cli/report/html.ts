/** Text into HTML: everything that is put into a template is escaped, but for markup that a template made. */
export interface Markup {
  readonly markup: string;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign]!);

type Part = Markup | string | number | undefined | false | readonly Part[];

function show(part: Part): string {
  if (part === undefined || part === false) return '';
  if (Array.isArray(part)) return part.map(show).join('');
  return typeof part === 'object' && 'markup' in part ? part.markup : escaped(String(part));
}

export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Markup => ({
  markup: strings.reduce((text, string, index) => text + show(parts[index - 1]) + string),
});

/** Markup that is known to be safe: an image of ours, a style sheet. */
export const raw = (markup: string): Markup => ({ markup });

/** A long name that may break after its commas. */
export const breakable = (name: string): Markup => html`${name.split(/(?<=,)/).map((part) => html`${part}<wbr>`)}`;

/** Data for scripts of the page: no text in it can end the element. */
export const dataScript = (id: string, data: unknown): Markup =>
  raw(`<script type="application/json" id="${id}">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>`);
