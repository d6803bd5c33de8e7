import { relative } from 'node:path';
import type { Finding, LintFormat } from '#contract/runbook-lint.ts';
import { sarifOf } from './sarif.ts';

/**
 * Writes findings down, for people or for machines.
 * @param root files below it are named from there, as CI wants them; absolute
 * @returns the whole text, without a last line end; for `text` and `github` empty when there is nothing to say
 */
export function formatFindings(format: LintFormat, findings: readonly Finding[], root: string): string {
  switch (format) {
    case 'text':
      return findings.map((one) => textOf(one, root)).join('\n');
    case 'json':
      return JSON.stringify(
        findings.map((one) => ({ ...one, file: nameFrom(root, one.file) })),
        null,
        2,
      );
    case 'sarif':
      return JSON.stringify(
        sarifOf(findings, (file) => nameFrom(root, file)),
        null,
        2,
      );
    case 'github':
      return findings.map((one) => annotationOf(one, root)).join('\n');
  }
}

/** A file as it is named from the root, with `/` on every system; one that lies elsewhere keeps its whole name. */
function nameFrom(root: string, file: string): string {
  const name = relative(root, file).replaceAll('\\', '/');
  return name === '' || name.startsWith('../') ? file : name;
}

function textOf({ file, line, column, severity, rule, message, fix }: Finding, root: string): string {
  const todo = fix === null ? '' : ` ${shown(fix)}`;
  return `${shown(nameFrom(root, file))}:${line}:${column} ${severity} ${shown(message)}${todo} (${rule})`;
}

/** Text of a file may hold anything: control characters would reach the terminal, and direction marks turn it round. */
function shown(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}

/** A workflow command of GitHub: what it would read as one of its own is written in its escapes. */
function annotationOf({ file, line, column, severity, rule, message, fix }: Finding, root: string): string {
  const properties = Object.entries({ file: nameFrom(root, file), line, col: column, title: rule })
    .map(([name, value]) => `${name}=${escapedValue(String(value))}`)
    .join(',');
  return `::${severity} ${properties}::${escaped(fix === null ? message : `${message} ${fix}`)}`;
}

function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapedValue(text: string): string {
  return escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
