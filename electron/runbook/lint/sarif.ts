import type { Finding } from '#contract/runbook-lint.ts';

type Message = { text: string };
type Region = { startLine: number; startColumn: number; charOffset: number; charLength: number };
type Location = { physicalLocation: { artifactLocation: { uri: string }; region: Region } };
type Fix = {
  description: Message;
  artifactChanges: {
    artifactLocation: { uri: string };
    replacements: { deletedRegion: { charOffset: number; charLength: number }; insertedContent: Message }[];
  }[];
};

/** What of SARIF 2.1.0 is written; the format has much more. */
export type Sarif = {
  $schema: string;
  version: '2.1.0';
  runs: {
    tool: { driver: { name: string; rules: { id: string; shortDescription: Message }[] } };
    columnKind: 'utf16CodeUnits';
    results: {
      ruleId: string;
      ruleIndex: number;
      level: 'error' | 'warning';
      message: Message;
      locations: Location[];
      fixes?: Fix[];
    }[];
  }[];
};

/**
 * Findings as SARIF, as code scanning takes it.
 * @param nameOf a file as the repository names it
 */
export function sarifOf(findings: readonly Finding[], nameOf: (file: string) => string): Sarif {
  const rules = [...new Set(findings.map((one) => one.rule))].sort();
  const results = findings.map(({ file, line, column, severity, rule, message, fix, range, edit }) => {
    const uri = encodeURI(nameOf(file));
    const region = { startLine: line, startColumn: column, charOffset: range.from, charLength: range.to - range.from };
    return {
      ruleId: rule,
      ruleIndex: rules.indexOf(rule),
      level: severity,
      message: { text: fix === null ? message : `${message} ${fix}` },
      locations: [{ physicalLocation: { artifactLocation: { uri }, region } }],
      ...(edit === null ? {} : { fixes: [fixOf(uri, fix ?? message, edit)] }),
    };
  });
  const described = rules.map((id) => ({ id, shortDescription: { text: id.replaceAll('-', ' ') } }));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'nightdesk', rules: described } }, columnKind: 'utf16CodeUnits', results }],
  };
}

function fixOf(uri: string, said: string, { range, text }: NonNullable<Finding['edit']>): Fix {
  const deletedRegion = { charOffset: range.from, charLength: range.to - range.from };
  return {
    description: { text: said },
    artifactChanges: [{ artifactLocation: { uri }, replacements: [{ deletedRegion, insertedContent: { text } }] }],
  };
}
