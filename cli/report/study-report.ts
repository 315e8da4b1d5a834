/** The page of a study, beside its results. */
import path from 'node:path';
import { replaceFile } from '../replace-file.ts';
import { pageOf } from './page.ts';
import { readStudy } from './study-data.ts';
import { studyPage } from './study-page.ts';

/** Writes `report.html` into the folder; its path, or why there is none. */
export function writeStudyReport(study: string): { readonly file: string } | { readonly problem: string } {
  const data = readStudy(study);
  if ('problem' in data) return data;
  const file = path.join(study, 'report.html');
  const problem = replaceFile(file, pageOf(studyPage(data, `ditc report ${study} --out ${file}`)));
  return problem ? { problem: `cannot write \`${file}\`: ${problem}` } : { file };
}
