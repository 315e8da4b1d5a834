/** A diagnostic as `check --json` prints it. Fields may be added, never renamed. Lines and columns count from 1. */
import type { Diagnostic, Severity } from './diagnostic.ts';
import { type Place, type Position, positionOf } from './span.ts';

export interface JsonRange {
  readonly start: Position;
  readonly end: Position;
}

export interface JsonDiagnostic extends JsonRange {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly file: string;
  /** said at the place itself */
  readonly text: string | null;
  readonly labels: readonly (JsonRange & { readonly file: string; readonly text: string })[];
  readonly notes: readonly string[];
  readonly help: string | null;
  readonly fixes: readonly {
    readonly message: string;
    readonly edits: readonly (JsonRange & { readonly text: string })[];
  }[];
}

const rangeOf = ({ source, span }: Place): JsonRange => ({
  start: positionOf(source, span.start),
  end: positionOf(source, span.end),
});

export function toJson(diagnostic: Diagnostic): JsonDiagnostic {
  const { code, severity, message, place, text, labels, notes, help, fixes } = diagnostic;
  return {
    code,
    severity,
    message,
    file: place.source.path,
    ...rangeOf(place),
    text: text ?? null,
    labels: labels.map((label) => ({ file: label.place.source.path, ...rangeOf(label.place), text: label.text })),
    notes,
    help: help ?? null,
    fixes: fixes.map((fix) => ({
      message: fix.message,
      edits: fix.edits.map((edit) => ({ ...rangeOf(edit.place), text: edit.text })),
    })),
  };
}
