/** A page of documentation on a terminal: headings bold, paragraphs filled, code indented. */
import { style } from './style.ts';

const WIDTH = 90;

function fill(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  // what stands in backquotes is one word
  for (const word of text.match(/(?:`[^`]*`|[^\s`])+|`/g) ?? []) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

export function showPage(markdown: string, color: boolean): string {
  const out: string[] = [];
  let paragraph: string[] = [];
  let fenced = false;
  const flush = (): void => {
    if (paragraph.length > 0) out.push(...fill(paragraph.join(' ')));
    paragraph = [];
  };
  for (const line of markdown.trimEnd().split('\n')) {
    if (line.startsWith('```')) {
      flush();
      fenced = !fenced;
    } else if (fenced) out.push(line === '' ? '' : `    ${line}`);
    else if (/^\s*$|^[#|>-]|^\d+\. /.test(line)) {
      flush();
      if (line.startsWith('#')) out.push(style('bold', line.replace(/^#+ */, ''), color));
      else if (line.trim() === '') out.push('');
      else paragraph.push(line);
    } else paragraph.push(line);
  }
  flush();
  return `${out.join('\n').replace(/\n{3,}/g, '\n\n')}\n`;
}
